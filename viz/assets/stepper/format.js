// Numbers as the library writes them everywhere, to the last character, and sentences with places for numbers.

const MINUS = '\u2212';
const FIRST_INPUT = 0xe010;
const BRACKETED = 0x100;
const PLACES = ['upstream', 'local', 'contribution', 'before', 'after', 'value', 'old', 'rate'];

// JSON has no nan and no infinities; they come as words.
function asNumber(given) {
  if (typeof given === 'number' || given === null) return given;
  return { nan: NaN, inf: Infinity, '-inf': -Infinity }[given] ?? null;
}

// Four significant digits of a positive number. JavaScript rounds an exact tie up, Python to even.
function fourDigits(x) {
  let [digits, exponent] = x.toExponential(3).split('e');
  const [long, longExponent] = x.toExponential(30).split('e');
  if (/^50*$/.test(long.slice(5)) && '02468'.includes(long[4])) {
    digits = long.slice(0, 5);
    exponent = longExponent;
  }
  const power = Number(exponent);
  const plain = digits.replace('.', '');
  if (power < -4 || power >= 4) {
    return trimmed(digits) + 'e' + power;
  }
  return trimmed(
    power < 0
      ? '0.' + '0'.repeat(-power - 1) + plain
      : plain.slice(0, power + 1) + '.' + plain.slice(power + 1),
  );
}

function trimmed(text) {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

function number(x, how = {}) {
  if (Number.isNaN(x)) return 'nan';
  let text = 'inf';
  if (Number.isFinite(x)) {
    const size = Math.abs(x);
    text = Number.isInteger(x) && size < 1e6 ? String(size) : fourDigits(size);
  }
  if (x < 0) text = '-' + text;
  else if (how.signed && x > 0) text = '+' + text;
  return how.ascii ? text : text.replace(/-/g, MINUS);
}

function signOf(x) {
  return x > 0 ? 'plus' : x < 0 ? 'minus' : 'zero';
}

// A quantity is a number, null, or the record of an array, which has a text.
function written(quantity, how) {
  if (quantity === null || quantity === undefined) return '?';
  return typeof quantity === 'number' ? number(quantity, how) : quantity.text;
}

// What a place stands for: { part, slot, bracketed }, or null for an ordinary character.
function placeOf(character) {
  let code = character.charCodeAt(0);
  if (code < 0xe000 || code >= 0xe200) return null;
  const bracketed = code >= 0xe000 + BRACKETED;
  if (bracketed) code -= BRACKETED;
  if (code >= FIRST_INPUT) return { part: 'input', slot: code - FIRST_INPUT, bracketed };
  return { part: PLACES[code - 0xe000], slot: 0, bracketed };
}

function quantityAt(place, numbers) {
  return place.part === 'input' ? numbers.inputs[place.slot] : numbers[place.part];
}

function fillPlace(place, numbers, how) {
  const text = written(quantityAt(place, numbers), how);
  return place.bracketed && /^[-\u2212]/.test(text) ? '(' + text + ')' : text;
}

function fill(template, numbers, how, isHidden) {
  return Array.from(template || '', (character) => {
    const place = placeOf(character);
    if (place && isHidden && isHidden(place.part)) return '?';
    return place ? fillPlace(place, numbers, how) : character;
  }).join('');
}
