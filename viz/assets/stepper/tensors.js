// Steps in which arrays flow: the rule with its shapes, and the arrays as small pictures.

const CARD = 54;

// "dW += x.T @ dY   (4,3) = (4,8) @ (8,3)": each shape stands under what has it.
function shapedColumns(text) {
  const [rule, shapes] = text.split('   ');
  if (!shapes) return null;
  const [left, sign, ...symbols] = rule.split(' ');
  const [leftShape, equals, ...rest] = shapes.split(' ');
  if (equals !== '=' || symbols.length !== rest.length) return null;
  const columns = [
    { symbol: left, number: leftShape, shape: true },
    { symbol: sign, number: '=', sign: true },
  ];
  symbols.forEach((symbol, place) => {
    columns.push({
      symbol,
      number: rest[place],
      sign: symbol === rest[place],
      shape: symbol !== rest[place],
    });
  });
  return columns;
}

// The array as a picture that keeps its proportions, with a name above and a few words below.
function arrayCard(name, quantity) {
  const card = element('figure', 'array', element('figcaption', '', name));
  if (!quantity || typeof quantity === 'number') {
    card.append(
      element('span', 'none', typeof quantity === 'number' ? number(quantity, { signed: true }) : '\u00b7'),
    );
    return card;
  }
  if (quantity.heat) {
    const [data, wide, high] = quantity.heat;
    const image = element('img');
    const scale = Math.max(1, CARD / Math.max(wide, high));
    image.src = 'data:image/png;base64,' + data;
    image.alt = name + ', ' + quantity.text;
    image.style.width = Math.round(wide * scale) + 'px';
    image.style.height = Math.round(Math.max(4, high * scale)) + 'px';
    card.append(image);
  }
  card.append(element('small', '', shapeWords(quantity.shape)), element('small', '', quantity.text));
  return card;
}

function shapeWords(shape) {
  return shape.join('\u00d7') || 'scalar';
}

// What arrives, what goes on, and what the sum is now, one beside the other.
function arrayFlow(app, step, now) {
  const flow = element('div', 'flow');
  const reader = app.readerOf(step);
  const cards = [];
  if (reader !== null && now.upstream !== null)
    cards.push(arrayCard(app.nameOf(reader) + '.grad', now.upstream));
  const sent = step.part === 'copies' ? 'to each copy' : 'sent';
  if (now.contribution !== null)
    cards.push(arrayCard(step.phase === 'seed' ? 'seed' : sent, now.contribution));
  if (step.part !== 'copies' && now.after !== null && step.expected > 1)
    cards.push(arrayCard(app.nameOf(step.node) + '.grad now', now.after));
  if (step.phase === 'forward' && now.value !== null) cards.push(arrayCard(app.nameOf(step.node), now.value));
  cards.forEach((card, place) => {
    if (place) flow.append(element('span', 'arrow', '\u2192'));
    flow.append(card);
  });
  return flow;
}
