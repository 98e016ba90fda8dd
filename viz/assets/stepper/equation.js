// The line that says it all: symbols above, the numbers under them, and what the sum becomes.

const PHASE_WORDS = {
  zero_grad: 'reset',
  forward: 'forward',
  seed: 'seed',
  backward: 'backward',
  update: 'update',
};
const LONGEST_ROW = 72;

function buildEquation(app) {
  const box = element('div', 'equation');
  const saying = element('div', 'saying');
  const body = element('div', 'body');
  box.append(saying, body);
  app.on('step', () => {
    const k = app.state.step;
    const unit = app.unit();
    saying.replaceChildren(...sayingOf(app, k, unit));
    body.className = 'body';
    if (k === 0) body.replaceChildren(startOf(app));
    else if (unit.length > 1 && app.state.granularity !== 'edge') body.replaceChildren(listOf(app, unit));
    else {
      body.replaceChildren(...contentOf(app, k));
    }
    app.root.dataset.phase = k ? app.step(k).phase : 'start';
  });
  keepHeight(app, box, saying, body);
  return box;
}

const MOST_MEASURED = 80;

// The tallest step gives the height of all, so that the picture below never moves.
function keepHeight(app, box, saying, body) {
  let width = 0;
  const lengthOf = (k) => app.step(k).text.length + (app.step(k).note || '').length;
  const places = app.model.steps
    .map((step, place) => place + 1)
    .sort((one, other) => lengthOf(other) - lengthOf(one))
    .slice(0, MOST_MEASURED);
  new ResizeObserver(() => {
    if (!box.clientWidth || box.clientWidth === width) return;
    width = box.clientWidth;
    box.style.minHeight = '';
    let tallest = box.offsetHeight;
    for (const k of places) {
      saying.replaceChildren(...sayingOf(app, k, [k]));
      body.replaceChildren(...contentOf(app, k));
      tallest = Math.max(tallest, box.offsetHeight);
    }
    box.style.minHeight = tallest + 'px';
    app.emit('step', app.state);
  }).observe(box);
}

function contentOf(app, k) {
  return [...formulaOf(app, k), element('div', 'reason', reasonOf(app, k))];
}

// ---------------------------------------------------------------- words above and below

function sayingOf(app, k, unit) {
  if (k === 0) return [element('span', 'phase', 'start')];
  const step = app.step(k);
  const told = [element('span', 'phase', PHASE_WORDS[step.phase])];
  if (app.state.granularity !== 'edge' && unit.length > 1) {
    told.push(element('span', 'what', unitWords(app, unit)));
    return told;
  }
  told.push(element('span', 'what', stepWords(app, step)));
  const event = step.event || eventOf(step);
  if (event) told.push(element('span', step.arrival > 1 ? 'event strong' : 'event', event));
  return told;
}

function stepWords(app, step) {
  const node = app.model.nodes[step.node];
  if (step.phase === 'forward') return node.op + ' makes ' + node.name;
  if (step.phase === 'seed') return 'the backward pass starts at ' + node.name;
  if (step.phase === 'update') return node.name + ' takes a step downhill';
  if (step.phase === 'zero_grad') return 'the old gradient of ' + node.name + ' is cleared';
  const reader = app.model.nodes[app.readerOf(step)];
  if (step.part === 'copies') return reader.name + ' sends to every copy of ' + node.name;
  if (step.part === 'sum') return 'the copies of ' + node.name + ' are added up';
  return reader.name + ' sends back through ' + reader.op + ' to ' + node.name;
}

function unitWords(app, unit) {
  const step = app.step(unit[unit.length - 1]);
  const count = unit.length + ' steps';
  if (app.state.granularity === 'pass') return 'the whole ' + PHASE_WORDS[step.phase] + ' pass: ' + count;
  const reader = app.readerOf(step) ?? step.node;
  const node = app.model.nodes[reader];
  if (app.state.granularity === 'module') return (node.scope || 'outside of modules') + ': ' + count;
  return node.name + ' sends back through ' + node.op + ': ' + count;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];

function eventOf(step) {
  if (step.phase !== 'backward' || !(step.expected > 1)) return '';
  const which = ORDINALS[step.arrival - 1] || step.arrival + 'th';
  if (step.arrival === 1) return 'first of ' + step.expected + ' paths';
  return which + ' path: contributions add up (' + step.arrival + ' of ' + step.expected + ')';
}

function reasonOf(app, k) {
  const step = app.step(k);
  const parts = [];
  if (step.formula && step.edge !== undefined) {
    const [source, target] = app.model.edges[step.edge];
    parts.push(element('span', 'slope', [fraction(app, target, source), ' = ' + readable(step.formula)]));
  }
  if (step.reason !== undefined) parts.push(element('span', 'why', app.model.reasons[step.reason]));
  return parts;
}

function startOf(app) {
  const wanted = app.model.steps.filter((step) => step.phase === 'forward').length;
  const outputs = app.model.roots.map(app.nameOf).join(', ');
  const words = element('p', 'start');
  words.append(
    'The inputs are set. ',
    element('b', '', wanted + (wanted === 1 ? ' operation computes ' : ' operations compute ') + outputs),
    ', then its gradient flows back, one contribution at a time. Press ',
    element('kbd', '', '\u2192'),
    ' or click ',
    icon('next'),
    '.',
  );
  return words;
}

// ------------------------------------------------------------------------- the formula

function formulaOf(app, k) {
  const step = app.step(k);
  const now = app.stepNumbers(k);
  const line =
    (step.phase === 'backward' && now.local !== null ? chainColumns(app, step) : null) ||
    (step.phase === 'seed' && seedColumns(app, step, now)) ||
    shapedColumns(step.text) ||
    alignedColumns(step.text);
  const grid = element('div', 'formula');
  grid.setAttribute('role', 'math');
  grid.setAttribute('aria-label', app.text(k));
  if (line && lineLength(line, now) <= LONGEST_ROW) {
    for (const column of line) grid.append(columnOf(app, column, now, k));
  } else if (!/[\uE000-\uE1FF]/.test(step.text) && step.text.length <= 56) {
    grid.classList.add('words');
    grid.append(readable(step.text));
  } else {
    grid.classList.add('long');
    const [rule, shapes] = step.text.split('   ');
    for (const part of splitLong(rule)) {
      grid.append(element('span', 'term', pieces(app, readable(part), now, k)));
    }
    if (shapes) grid.append(element('span', 'shapes', readable(shapes)));
  }
  const parts = [grid];
  const arrays = [now.upstream, now.contribution, now.after, now.value].some(
    (quantity) => quantity && typeof quantity === 'object',
  );
  if (arrays) parts.push(arrayFlow(app, step, now));
  else if (step.phase === 'backward' || step.phase === 'seed') parts.push(accumulated(app, step, now, k));
  else if (step.note) parts.push(element('div', 'aside', pieces(app, readable(step.note), now, k)));
  return parts;
}

function splitLong(text) {
  return text.split(/(?= \+?= )/);
}

// ---------------------------------------------------------- what the gradient becomes

function accumulated(app, step, now, k) {
  const total = element('div', 'total');
  const dots = element('span', 'dots');
  for (let place = 1; place <= (step.expected || 1) && place <= 12; place += 1) {
    dots.append(element('i', place <= step.arrival ? 'in' : ''));
  }
  dots.setAttribute('aria-hidden', 'true');
  const partial = step.arrival < step.expected;
  const line = element('span', 'change', pieces(app, '\uE003 \u2192 \uE004', now, k));
  const name = element('span', 'name', app.nameOf(step.node) + '.grad');
  const state = partial ? step.arrival + ' of ' + step.expected + ' so far' : 'complete';
  total.append(name, line, element('span', 'state', [dots, state]));
  return total;
}

function listOf(app, unit) {
  const list = element('ul', 'several');
  const shown = unit.length > 60 ? [...unit.slice(0, 40), null, ...unit.slice(-15)] : unit;
  for (const k of shown) {
    if (k === null) {
      list.append(element('li', 'gap', unit.length - 55 + ' more'));
      continue;
    }
    const link = element('button', 'line', [
      element('span', 'at', String(k)),
      element('span', '', pieces(app, readable(app.step(k).text), app.stepNumbers(k), k)),
    ]);
    link.type = 'button';
    link.addEventListener('click', () => app.goto(k));
    list.append(element('li', '', link));
  }
  return list;
}
