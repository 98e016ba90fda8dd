// What is at work: the boxes that send and receive, the product on the line, the dot that runs along it.

function paintActive(app, figure) {
  const { halo, callout, pulse } = figure;
  for (const link of figure.links) switchClass(link.group, 'active', false);
  for (const link of figure.links) if (link.pill) switchClass(link.pill.group, 'atwork', false);
  halo.replaceChildren();
  callout.setAttribute('visibility', 'hidden');
  pulse.setAttribute('visibility', 'hidden');
  const step = app.step();
  figure.active = [];
  if (!step) return;
  const now = app.stepNumbers(app.state.step);
  const box = figure.boxes[figure.boxOf[step.node]];
  const tone = toneOf(app, step, now);
  figure.active.push(box);
  addHalo(halo, box, 'receiver ' + tone);
  if (step.phase === 'forward') {
    for (const link of figure.links) {
      if (link.target === box && link.edges.some((edge) => app.model.edges[edge][1] === step.node)) {
        switchClass(link.group, 'active', true);
        figure.active.push(link.source);
      }
    }
  }
  if (step.edge === undefined) return;
  const sender = figure.boxes[figure.boxOf[app.readerOf(step)]];
  if (sender !== box) addHalo(halo, sender, 'sender');
  figure.active.push(sender);
  const link = figure.links[figure.linkOf[step.edge]];
  if (!link) return;
  switchClass(link.group, 'active', true);
  link.group.parentNode.insertBefore(link.group, figure.boxes.find(Boolean).group);
  showCallout(app, figure, link, now);
}

// The colour of what is sent: of its sign, but none forward, for arrays, and while it is to be guessed.
function toneOf(app, step, now) {
  const shown =
    typeof now.contribution === 'number' &&
    step.phase !== 'forward' &&
    !app.hidden('part:contribution', app.state.step);
  return shown ? signOf(now.contribution) : 'plain';
}

function addHalo(halo, box, className) {
  const wide = 5;
  halo.append(
    drawn('rect', {
      class: 'halo ' + className,
      x: box.x - wide,
      y: box.y - wide,
      width: box.width + 2 * wide,
      height: box.height + 2 * wide,
      rx: 13,
    }),
  );
}

// Upstream, local and their product stand on the edge itself while it is at work.
function showCallout(app, figure, link, now) {
  const { callout } = figure;
  const [stem, rect, text] = callout.children;
  const tone = toneOf(app, app.step(), now);
  const k = app.state.step;
  const told = [];
  if (typeof now.contribution === 'number') {
    const part = (name, how) => (app.hidden('part:' + name, k) ? '?' : written(now[name], how));
    const local = part('local');
    told.push(
      ['', part('upstream')],
      ['quiet', ' \u00d7 '],
      ['', /^\u2212/.test(local) ? '(' + local + ')' : local],
      ['quiet', ' = '],
      [tone, part('contribution', { signed: true })],
    );
  }
  if (link.pill) switchClass(link.pill.group, 'atwork', true);
  if (!told.length) return;
  text.replaceChildren(
    ...told.map(([className, words]) => {
      const made = drawn('tspan', { class: className });
      made.textContent = words;
      return made;
    }),
  );
  const middle = link.pill ? centreOf(link.pill.rect) : middleOf(link.line);
  callout.removeAttribute('visibility');
  const width = text.getComputedTextLength() + 20;
  text.setAttribute('x', middle.x);
  const height = 24;
  const y = freeHeight(figure, middle, width, height);
  text.setAttribute('y', y + height / 2 + 4.6);
  const size = { x: middle.x - width / 2, y, width, height };
  for (const name in size) rect.setAttribute(name, size[name].toFixed(1));
  const half = link.pill ? 8.5 : 0;
  stem.setAttribute(
    'd',
    'M' +
      middle.x +
      ' ' +
      (y < middle.y ? y + height + 'V' + (middle.y - half) : y + 'V' + (middle.y + half)),
  );
  stem.setAttribute('class', 'stem ' + tone);
  rect.setAttribute('class', tone);
}

// Above or below the line, where it hides least of the boxes.
function freeHeight(figure, middle, width, height) {
  const hidden = (y) =>
    figure.boxes.reduce((sum, box) => {
      const across =
        Math.min(middle.x + width / 2, box.x + box.width) - Math.max(middle.x - width / 2, box.x);
      const down = Math.min(y + height, box.y + box.height) - Math.max(y, box.y);
      return across > 0 && down > 0 ? sum + across * down : sum;
    }, 0);
  let best = null;
  for (const away of [15, 24, 34, 46, 58, 72]) {
    for (const y of [middle.y - away - height, middle.y + away]) {
      const cost = hidden(y) + away * 6;
      if (best === null || cost < best.cost) best = { y, cost };
    }
  }
  return best.y;
}

function centreOf(rect) {
  const at = (name) => Number(rect.getAttribute(name));
  return { x: at('x') + at('width') / 2, y: at('y') + at('height') / 2 };
}

function middleOf(line) {
  return line.getPointAtLength(line.getTotalLength() / 2);
}

// A dot runs along the edge, against the arrow: the gradient on its way back.
function runPulse(app, figure) {
  const step = app.step();
  const link = step && step.edge !== undefined ? figure.links[figure.linkOf[step.edge]] : null;
  if (!link || app.still() || app.state.from !== app.state.step - 1) return;
  const { pulse } = figure;
  const length = link.line.getTotalLength();
  const now = app.stepNumbers(app.state.step);
  pulse.setAttribute('class', 'pulse ' + toneOf(app, step, now));
  pulse.removeAttribute('visibility');
  const begun = performance.now();
  const round = (app.round = (app.round || 0) + 1);
  const frame = (time) => {
    const share = Math.min(1, Math.max(0, (time - begun) / 450));
    if (round !== app.round || !app.root.isConnected) return;
    if (share === 1) {
      pulse.setAttribute('visibility', 'hidden');
      return;
    }
    const point = link.line.getPointAtLength(length * (1 - share * share * (3 - 2 * share)));
    pulse.setAttribute('cx', point.x);
    pulse.setAttribute('cy', point.y);
    requestAnimationFrame(frame);
  };
  frame(begun);
}
