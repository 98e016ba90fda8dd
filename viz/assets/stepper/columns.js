// A step as columns: each symbol with its number under it, cut where the numbers tell.

// A column: the symbol, the template of the number under it, a caption; op columns have just signs.
function chainColumns(app, step) {
  const [source, target] = app.model.edges[step.edge];
  const own = app.nameOf(source);
  return [
    { symbol: own + '.grad', number: '' },
    { symbol: '+=', number: '=', sign: true },
    { symbol: app.nameOf(target) + '.grad', number: '\uE000', caption: 'upstream' },
    { symbol: '\u00d7', number: '\u00d7', sign: true },
    { symbol: fraction(app, target, source), number: '\uE101', caption: 'local' },
    { symbol: '', number: '=', sign: true },
    { symbol: '', number: '\uE002', caption: 'contribution', result: true },
  ];
}

function seedColumns(app, step, now) {
  if (typeof now.contribution !== 'number') return null;
  const own = app.nameOf(step.node);
  return [
    { symbol: own + '.grad', number: '' },
    { symbol: '=', number: '=', sign: true },
    { symbol: fraction(app, step.node, step.node), number: '\uE002', caption: 'seed', result: true },
  ];
}

// "v = a * b = 2 * 3 = 6" as columns: the numeric part tells where the symbolic one may be cut.
function alignedColumns(text) {
  const parts = text.split(' = ');
  const plus = parts[0].split(' += ');
  if (plus.length === 2) parts.splice(0, 1, plus[0], plus[1]);
  if (parts.length !== 4) return null;
  const [left, symbols, numbers, result] = parts;
  const literals = numbers.split(/[\uE000-\uE1FF]/);
  const places = numbers.match(/[\uE000-\uE1FF]/g) || [];
  const escaped = literals.map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const cut = new RegExp('^' + escaped.join('(.+?)') + '$').exec(symbols);
  if (!cut || !places.length) return null;
  const columns = [
    { symbol: left, number: '' },
    { symbol: plus.length === 2 ? '+=' : '=', number: '=', sign: true },
  ];
  literals.forEach((literal, place) => {
    if (literal) columns.push({ symbol: readable(literal), number: readable(literal), sign: true });
    if (place < places.length) columns.push({ symbol: cut[place + 1], number: places[place] });
  });
  columns.push({ symbol: '', number: '=', sign: true }, { symbol: '', number: result, result: true });
  return columns;
}

function lineLength(line, now) {
  return line.reduce((sum, column) => {
    const symbol = typeof column.symbol === 'string' ? column.symbol : column.symbol.dataset.text;
    return sum + Math.max(symbol.length, fill(column.number, now).length) + 1;
  }, 0);
}

function columnOf(app, column, now, k) {
  const made = element(
    'span',
    'column' +
      (column.sign ? ' sign' : '') +
      (column.result ? ' result' : '') +
      (column.shape ? ' shape' : ''),
  );
  const symbol = typeof column.symbol === 'string' ? readable(column.symbol) : column.symbol;
  made.append(
    element('span', 'symbol', symbol),
    element('span', 'figure', pieces(app, column.number, now, k, column.result)),
    element('span', 'caption', column.caption || ''),
  );
  return made;
}

// A template as text and number elements; the result's number is coloured and always bears its sign.
function pieces(app, template, now, k, result) {
  const made = [];
  for (const character of template) {
    const place = placeOf(character);
    if (!place) {
      if (made.length && typeof made[made.length - 1] === 'string') made[made.length - 1] += character;
      else made.push(character);
      continue;
    }
    const quantity = quantityAt(place, now);
    const contribution = place.part === 'contribution';
    const text = app.hidden('part:' + place.part, k)
      ? '?'
      : fillPlace(place, now, { signed: contribution && result });
    const figure = element('span', 'n', text);
    figure.dataset.part = place.part;
    if (typeof quantity === 'number' && text !== '?' && (contribution || place.part === 'after'))
      figure.classList.add(signOf(quantity));
    made.push(figure);
  }
  return made;
}

function fraction(app, above, below) {
  const made = element('span', 'fraction', [
    element('span', '', '\u2202' + app.nameOf(above)),
    element('span', '', '\u2202' + app.nameOf(below)),
  ]);
  made.dataset.text = '\u2202' + app.nameOf(above);
  return made;
}

// A keyboard's signs become those of mathematics; 2**3 stays as it is.
function readable(text) {
  return text
    .replace(/ \* /g, ' \u00d7 ')
    .replace(/([^*])\*([^*])/g, '$1\u00b7$2')
    .replace(/ - /g, ' \u2212 ')
    .replace(/->/g, '\u2192');
}
