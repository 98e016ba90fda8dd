// Numbers as people type them: 0.5, -0.5e-1, 1/2, 0.2071*2, a comma for the point, a true minus sign.

function typedNumber(text) {
  const plain = text.trim().replace(/[\u2212\u2013]/g, '-').replace(/[\u00d7\u00b7]/g, '*').replace(/(\d),(\d)/g, '$1.$2');
  const one = '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?';
  const parts = plain.split(/\s*([*/])\s*/i);
  if (!parts.every((part, place) => place % 2 || new RegExp('^\\(?\\s*' + one + '\\s*\\)?$', 'i').test(part))) return NaN;
  return parts.reduce((sofar, part, place) => {
    if (place % 2) return sofar;
    const factor = Number(part.replace(/[()\s]/g, ''));
    return place === 0 ? factor : parts[place - 1] === '*' ? sofar * factor : sofar / factor;
  }, 0);
}

// A number for an input field: enough digits to be told apart, and no more.
function fieldText(x) {
  return String(Number(x.toPrecision(5))).replace('-', MINUS);
}
