// Arrays in a few words and as a small picture, as Python writes and paints them.

const HEAT_PLUS = [31, 143, 208];
const HEAT_MINUS = [221, 111, 0];
const HEAT_ODD = [224, 32, 138];
const HEAT_LEVELS = 24;
const HEAT_BEND = 0.7;
const MOST_TILES = 10;

function extentText(numbers, how) {
  if (!numbers.length) return 'empty';
  const finite = numbers.filter(Number.isFinite);
  if (!finite.length) return '';
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  if (low === high) return 'all ' + number(low, how);
  return number(low, how) + (how.ascii ? ' ... ' : ' \u2026 ') + number(high, how);
}

function spreadText(numbers, how) {
  if (numbers.length && numbers.length <= 3) return '[' + numbers.map((x) => number(x, how)).join(', ') + ']';
  const odd = numbers.filter((x) => !Number.isFinite(x)).length;
  return (extentText(numbers, how) + (odd ? ' (' + odd + ' nan or inf)' : '')).trim();
}

// What a box says: its few numbers where there is room for them.
function rangeText(numbers, how) {
  const listed = spreadText(numbers, how);
  return numbers.length <= 3 && listed.length <= 20 ? listed : extentText(numbers, how) || 'none finite';
}

function lengthOfVector(numbers) {
  const peak = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (!(peak > 0 && Number.isFinite(peak))) return peak;
  return peak * Math.sqrt(numbers.reduce((sum, x) => sum + (x / peak) * (x / peak), 0));
}

// Any shape as two, three or four axes: a matrix, or tiles of matrices.
function tileShape(given) {
  let shape = given.slice();
  const product = (axes) => axes.reduce((all, size) => all * size, 1);
  if (shape.length > 2 && shape[shape.length - 1] === 1 && shape[shape.length - 2] === 1) shape = shape.slice(0, -2);
  while (shape.length < 2) shape.unshift(1);
  if (shape.length > 4) shape = [product(shape.slice(0, -2)), ...shape.slice(-2)];
  if (shape.length === 4 && shape.slice(0, 2).includes(1)) shape = [shape[0] * shape[1], ...shape.slice(2)];
  return shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
}

function tileGrid(shape, most) {
  let [rows, columns] = [1, 1];
  if (shape.length === 3) {
    columns = Math.min(MOST_TILES, Math.ceil(Math.sqrt(shape[0])));
    rows = Math.min(MOST_TILES, Math.ceil(shape[0] / columns));
  } else if (shape.length === 4) [rows, columns] = shape.slice(0, 2).map((size) => Math.min(MOST_TILES, size));
  const fits = (size, count) => Math.min(size, Math.max(1, Math.floor((most + 1) / count) - 1));
  const [high, wide] = [fits(shape[shape.length - 2], rows), fits(shape[shape.length - 1], columns)];
  return { rows, columns, high, wide };
}

// Of a block of elements the strongest, or nan if one is not finite.
function strongestIn(numbers, offset, shape, top, bottom, left, right) {
  let best = 0;
  for (let i = top; i < bottom; i += 1) {
    for (let j = left; j < right; j += 1) {
      const x = numbers[offset + i * shape[1] + j];
      if (!Number.isFinite(x)) return NaN;
      if (Math.abs(x) > Math.abs(best) || (x === -best && x > 0)) best = x;
    }
  }
  return best;
}

function heatColour(x, peak) {
  if (Number.isNaN(x)) return [...HEAT_ODD, 1];
  const level = peak > 0 ? Math.round(Math.pow(Math.min(1, Math.abs(x) / peak), HEAT_BEND) * HEAT_LEVELS) : 0;
  return [...(x < 0 ? HEAT_MINUS : HEAT_PLUS), level / HEAT_LEVELS];
}

// The array as [base64 of a PNG, width, height]; every element `zoom` pixels wide.
function heatPicture(numbers, given, most, zoom) {
  const canvas = document.createElement('canvas');
  if (!numbers.length) return [canvas.toDataURL().split(',')[1], 1, 1];
  const shape = tileShape(given);
  const { rows, columns, high, wide } = tileGrid(shape, most);
  const tile = shape.slice(-2);
  const size = [columns * (wide + 1) - 1, rows * (high + 1) - 1];
  const cells = [];
  for (let place = 0; place < rows * columns && place * tile[0] * tile[1] < numbers.length; place += 1) {
    // Of four axes the second counts the columns, and some tiles at its end may be left out.
    const own = shape.length === 4 ? Math.floor(place / columns) * shape[1] + (place % columns) : place;
    for (let i = 0; i < high; i += 1) {
      for (let j = 0; j < wide; j += 1) {
        const ends = [i, i + 1].map((k) => Math.floor((k * tile[0]) / high));
        const sides = [j, j + 1].map((k) => Math.floor((k * tile[1]) / wide));
        const x = strongestIn(numbers, own * tile[0] * tile[1], tile, ...ends, ...sides);
        cells.push([(place % columns) * (wide + 1) + j, Math.floor(place / columns) * (high + 1) + i, x]);
      }
    }
  }
  const peak = cells.reduce((strongest, [, , x]) => (Math.abs(x) > strongest ? Math.abs(x) : strongest), 0);
  [canvas.width, canvas.height] = size.map((pixels) => pixels * zoom);
  const brush = canvas.getContext('2d');
  if (rows * columns > 1) {
    brush.fillStyle = 'rgba(128,128,128,0.31)';
    brush.fillRect(0, 0, canvas.width, canvas.height);
  }
  for (const [left, top, x] of cells) {
    brush.clearRect(left * zoom, top * zoom, zoom, zoom);
    brush.fillStyle = 'rgba(' + heatColour(x, peak).join(',') + ')';
    brush.fillRect(left * zoom, top * zoom, zoom, zoom);
  }
  return [canvas.toDataURL().split(',')[1], ...size];
}
