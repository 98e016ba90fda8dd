// The order in which the operations have their turn, and why it is this one's turn now.

const MOST_CHIPS = 25;

function buildOrder(app) {
  const strip = element('div', 'order');
  const why = element('span', 'whynow');
  const chips = element('span', 'chips');
  chips.setAttribute('aria-hidden', 'true');
  strip.append(why, chips);
  const forward = app.model.nodes.map((node, index) => index).filter((index) => app.model.nodes[index].op);
  const backward = forward.filter((index) => app.model.nodes[index].needs).reverse();
  app.on('step', () => {
    const step = app.step();
    const goingBack = step && step.phase !== 'forward';
    const order = goingBack ? backward : forward;
    const current = step ? (app.readerOf(step) ?? step.node) : -1;
    const place = Math.max(0, order.indexOf(current));
    const first = Math.max(0, Math.min(place - (MOST_CHIPS >> 1), order.length - MOST_CHIPS));
    const made = order.slice(first, first + MOST_CHIPS).map((node, offset) => {
      const state = node === current ? ' now' : step && first + offset < place ? ' done' : '';
      const chip = element('span', 'turn' + state, app.nameOf(node));
      chip.addEventListener('click', () => app.find(node));
      return chip;
    });
    if (first > 0) made.unshift(element('span', 'more', first + ' done'));
    if (first + MOST_CHIPS < order.length)
      made.push(element('span', 'more', order.length - first - MOST_CHIPS + ' to come'));
    chips.replaceChildren(...made);
    const told = step && step.turn !== undefined ? app.model.reasons[step.turn] : null;
    write(why, step ? told || whyNow(app, step, current) : 'order of the operations');
    const now = chips.querySelector('.now');
    if (now)
      chips.scrollLeft = now.offsetLeft - chips.offsetLeft - chips.clientWidth / 2 + now.offsetWidth / 2;
  });
  return strip;
}

function whyNow(app, step, current) {
  edgesInto(app);
  const name = app.nameOf(current);
  if (step.phase === 'forward') return name + ' now: all its inputs are known';
  if (step.phase === 'seed') return name + ' first: it is the output';
  if (step.phase !== 'backward') return 'every gradient is complete';
  const readers = app.outOf[current].filter((edge) => app.stand.passed[app.model.edges[edge][1]]).length;
  if (!readers) return name + ' first: it is the output';
  return (
    name +
    ' now: ' +
    (readers === 1 ? 'its one consumer is done' : 'all ' + readers + ' of its consumers are done')
  );
}
