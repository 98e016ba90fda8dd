// What if: inputs are sliders, both passes run here again, and the gradient's promise is held
// against what really happened.

const MOST_ROWS = 30;
ICONS.undo = 'M5.5 3 2.5 6l3 3M3 6h6.5a3.7 3.7 0 0 1 0 7.4H6';

plugins.whatif = function (app, data) {
  const panel = element('div', 'whatif');
  app.addTab('whatif', 'What if', panel);
  if (data.reason) {
    panel.append(element('p', 'hint', 'What-if works on graphs of single numbers and of small arrays. Here ' + data.reason + '.'));
    return;
  }
  const bench = makeBench(app);
  if (!bench.leaves.length) {
    panel.append(element('p', 'hint', 'There is no input to move: every number here is a constant.'));
    return;
  }
  panel.append(...buildBench(bench));
  app.on('tab', (name) => name === 'whatif' && drawBench(bench));
  app.on('numbers', () => bench.telling || takeOver(bench));
  app.on('view', () => bench.held && redrawBoxes(app, bench.held));
};

function makeBench(app) {
  const machine = machineFor(app);
  const names = namesFor(app, machine);
  const leaves = leavesInOrder(machine, names);
  const bench = { app, machine, leaves, rows: new Map(), wanted: '', active: leaves[0], names };
  bench.constants = [...machine.start.keys()].filter((index) => !leaves.includes(index) && bench.names.has(index));
  startFrom(bench, machine.start);
  const { cells } = machine.program;
  const placeOf = (node) => (cells ? cells.nodes[node][0] : node);
  bench.isStale = app.model.nodes.some((node, index) => differs(app.numbers.values[index], bench.start.values[placeOf(index)]));
  return bench;
}

function startFrom(bench, numbers) {
  bench.own = new Map(numbers);
  bench.given = new Map(numbers);
  setBase(bench, numbers);
  bench.found = bench.start;
  bench.outside = bench.app.numbers;
}

// Somebody else brought other numbers, such as those of another iteration: these are the start now.
function takeOver(bench) {
  const { app, machine } = bench;
  if (machine.program.cells) {
    forgetArrays(bench);
    startFrom(bench, machine.start);
  } else startFrom(bench, [...machine.start.keys()].map((index) => [index, app.numbers.values[index]]));
  drawBench(bench);
}

function callOf(bench, index) {
  return bench.names.get(index) || bench.app.nameOf(ownerOf(bench, index));
}

function differs(one, other) {
  return Number.isFinite(one) && Math.abs(one - other) > 1e-9 * Math.max(1, Math.abs(one));
}

function buildBench(bench) {
  const list = element('ul', 'movables');
  const status = element('p', 'problems');
  status.setAttribute('role', 'status');
  Object.assign(bench, { list, status, outcome: element('div', 'outcome'), plot: makePlot(bench) });
  const parts = [];
  if (bench.isStale) {
    parts.push(element('p', 'hint', 'The inputs have changed since this graph was computed; what-if starts from the inputs as they are now.'));
  }
  const buttons = buildButtons(bench);
  parts.push(bench.outcome, bench.plot, status);
  if (bench.leaves.length > MOST_ROWS) parts.push(buildFilter(bench));
  parts.push(list, buttons);
  if (bench.constants.length) parts.push(buildConstants(bench));
  fillRows(bench);
  tellOutcome(bench);
  return parts;
}

// ------------------------------------------------------------------------------- the inputs

function fillRows(bench) {
  const named = bench.leaves.filter((leaf) => callOf(bench, leaf).toLowerCase().includes(bench.wanted));
  bench.list.replaceChildren(...named.slice(0, MOST_ROWS).map((leaf) => rowFor(bench, leaf).row));
  if (!named.length) bench.list.append(element('li', 'hint', 'no such name'));
  if (named.length > MOST_ROWS) bench.list.append(element('li', 'hint', (named.length - MOST_ROWS) + ' more: find them by name'));
}

function rowFor(bench, index) {
  if (!bench.rows.has(index)) bench.rows.set(index, makeRow(bench, index));
  return bench.rows.get(index);
}

function makeRow(bench, index) {
  const { app } = bench;
  const name = callOf(bench, index);
  const pick = element('button', 'name', name);
  const slider = element('input', 'mover');
  const field = element('input', 'exact');
  const back = iconButton('undo', 'put ' + name + ' back', 'put back', () => move(bench, index, bench.own.get(index)));
  const term = element('span', 'term');
  pick.type = 'button';
  pick.title = 'show ' + name + ' in the picture';
  pick.addEventListener('click', () => app.select(ownerOf(bench, index)));
  Object.assign(slider, { type: 'range' });
  slider.setAttribute('aria-label', name);
  Object.assign(field, { type: 'text', inputMode: 'decimal', autocomplete: 'off', spellcheck: false });
  field.setAttribute('aria-label', 'number for ' + name);
  const row = element('li', 'movable', [pick, slider, field, back, term]);
  const made = { row, slider, field, back, term, range: rangeAround(bench.given.get(index)) };
  slider.addEventListener('input', () => move(bench, index, roundedTo(made.range, Number(slider.value))));
  slider.addEventListener('focus', () => choose(bench, index));
  field.addEventListener('change', () => typeInto(bench, index, made));
  field.addEventListener('keydown', (event) => event.key === 'Enter' && typeInto(bench, index, made));
  tellRow(bench, index, made);
  return made;
}

function typeInto(bench, index, { field }) {
  const number = typedNumber(field.value);
  field.setAttribute('aria-invalid', String(Number.isNaN(number)));
  if (!Number.isNaN(number) && number !== bench.given.get(index)) move(bench, index, number);
}

// About as far as the number itself, to both sides, in round steps.
function rangeAround(value) {
  const center = Number.isFinite(value) ? value : 0;
  const least = center === 0 ? 1 : Math.max(0.1, 1.2 * Math.abs(center));
  const power = Math.pow(10, Math.floor(Math.log10(least)));
  const reach = [1, 2, 5, 10].find((times) => times * power >= least * 0.999999) * power;
  const step = reach / 200;
  const low = Math.round((center - reach) / step) * step;
  return { low, high: low + 2 * reach, step };
}

function roundedTo(range, value) {
  return Number((Math.round(value / range.step) * range.step).toPrecision(12));
}

function tellRow(bench, index, made) {
  const { slider, field, back, term } = made;
  const value = bench.given.get(index);
  if (!(value >= made.range.low && value <= made.range.high)) made.range = rangeAround(value);
  Object.assign(slider, { min: made.range.low, max: made.range.high, step: made.range.step });
  slider.value = Number.isFinite(value) ? value : 0;
  slider.setAttribute('aria-valuetext', number(value) + ', ' + resultName(bench) + ' is ' + number(resultIn(bench, bench.found)));
  if (!field.matches(':focus') || typedNumber(field.value) !== value) field.value = Number.isFinite(value) ? fieldText(value) : number(value);
  back.disabled = Object.is(value, bench.own.get(index));
  const moved = value - bench.base.get(index);
  const slope = bench.start.grads[index];
  const now = bench.found.grads[index];
  switchClass(made.row, 'moved', moved !== 0);
  switchClass(made.row, 'chosen', index === bench.active);
  if (!bench.leaves.includes(index)) write(term, 'constant');
  else if (slope === null) write(term, 'no gradient comes here');
  else write(term, moved ? 'gradient ' + number(slope) + ' \u00d7 move ' + number(moved) + ' = ' + number(slope * moved, { signed: true }) : 'gradient ' + number(now, { signed: true }));
}

// -------------------------------------------------------------------------------- moving

function choose(bench, index) {
  if (bench.active === index || !bench.leaves.includes(index)) return;
  bench.active = index;
  schedule(bench);
}

function move(bench, index, value) {
  bench.given.set(index, value);
  if (bench.leaves.includes(index)) bench.active = index;
  schedule(bench);
}

// While a slider is dragged, once per painted frame is enough.
function schedule(bench) {
  if (bench.waiting) return;
  bench.waiting = true;
  requestAnimationFrame(() => {
    bench.waiting = false;
    bench.app.stop();
    bench.found = recompute(bench.machine, bench.given);
    bench.machine.now = bench.given;
    bench.telling = true;
    tellPage(bench);
    bench.telling = false;
    drawBench(bench);
  });
}

function tellPage(bench) {
  const { app, machine, found, outside } = bench;
  const isArrays = Boolean(machine.program.cells);
  if (isMoved(bench, bench.own)) {
    const { values, locals } = isArrays ? showArrays(bench, found) : found;
    app.setNumbers({ values, locals, rate: outside.rate });
    return;
  }
  if (isArrays) showOwnArrays(bench);
  if (outside.own) app.resetNumbers();
  else app.setNumbers({ values: outside.values, locals: outside.locals, rate: outside.rate, updated: outside.updated });
}

function isMoved(bench, from) {
  return [...bench.given].some(([index, value]) => !Object.is(value, from.get(index)));
}

function drawBench(bench) {
  bench.rows.forEach((made, index) => tellRow(bench, index, made));
  tellOutcome(bench);
  tellProblems(bench);
  if (bench.plot.isConnected && bench.plot.getClientRects().length) tellPlot(bench);
}

function buildButtons(bench) {
  const all = element('button', 'plain', 'Put all back');
  const here = element('button', 'plain', 'Compare from here');
  here.title = 'take the present numbers as the start that changes are compared with';
  for (const button of [all, here]) button.type = 'button';
  all.addEventListener('click', () => {
    bench.given = new Map(bench.own);
    setBase(bench, bench.own);
    schedule(bench);
  });
  here.addEventListener('click', () => {
    setBase(bench, bench.given);
    drawBench(bench);
  });
  bench.buttons = { all, here };
  return element('div', 'buttons', [here, all]);
}

function setBase(bench, numbers) {
  bench.base = new Map(numbers);
  bench.start = recompute(bench.machine, bench.base);
}

function buildFilter(bench) {
  const field = element('input', 'filter');
  Object.assign(field, { type: 'search', placeholder: 'find an input among ' + bench.leaves.length, spellcheck: false, autocomplete: 'off' });
  field.setAttribute('aria-label', 'find an input by its name');
  field.addEventListener('input', () => {
    bench.wanted = field.value.trim().toLowerCase();
    fillRows(bench);
  });
  return field;
}

function buildConstants(bench) {
  const list = element('ul', 'movables');
  const words = bench.constants.length === 1 ? 'One constant' : bench.constants.length + ' constants';
  const details = element('details', 'constants', [element('summary', '', words + ' can be moved too'), list]);
  details.addEventListener('toggle', () => {
    if (details.open && !list.childNodes.length) list.append(...bench.constants.slice(0, 2 * MOST_ROWS).map((index) => rowFor(bench, index).row));
  });
  return details;
}

// --------------------------------------------------------------------------- the outcome

function resultName({ app, machine }) {
  if (!machine.program.cells) return machine.program.roots.map(app.nameOf).join(' + ');
  const all = app.model.roots.map((root) => (app.model.nodes[root].shape ? 'sum of ' : '') + app.nameOf(root));
  return all.join(' + ');
}

function resultIn({ machine }, found) {
  return machine.program.roots.reduce((total, root) => total + found.values[root], 0);
}

function tellOutcome(bench) {
  const was = resultIn(bench, bench.start);
  const now = resultIn(bench, bench.found);
  const moved = bench.leaves.filter((leaf) => bench.given.get(leaf) !== bench.base.get(leaf));
  const promised = moved.reduce((sum, leaf) => sum + (bench.start.grads[leaf] || 0) * (bench.given.get(leaf) - bench.base.get(leaf)), 0);
  const movedConstants = bench.constants.some((index) => !Object.is(bench.given.get(index), bench.base.get(index)));
  const change = (label, amount, title) => {
    const made = element('span', 'change', [label + ' ', element('b', signOf(amount), number(amount, { signed: true }))]);
    made.title = title;
    return made;
  };
  const result = element('div', 'result', [element('span', 'name', resultName(bench)), ' ', number(was), ' \u2192 ', element('b', '', number(now))]);
  const changes = element('div', 'changes', [change('predicted', promised, 'gradient \u00d7 move, added up over all inputs that were moved'),
    change('really', now - was, 'the result now minus the result at the start')]);
  bench.outcome.replaceChildren(result, changes, element('p', 'verdict', verdictOn(promised, now - was, moved.length, movedConstants)));
  bench.buttons.all.disabled = !isMoved(bench, bench.own);
  bench.buttons.here.disabled = !isMoved(bench, bench.base);
}

function verdictOn(promised, really, moved, movedConstants) {
  if (movedConstants) return 'A constant was moved: it has no gradient, so its share was not predicted.';
  if (!moved) return 'Move an input, a little, then far: both passes are computed again, here in the page.';
  if (!Number.isFinite(really)) return 'There is no result here.';
  const miss = Math.abs(promised - really);
  if (miss <= 1e-9 * Math.max(Math.abs(really), 1e-3)) return 'Exactly as predicted: on this way the graph is a straight line.';
  if (miss <= 0.05 * Math.abs(really)) return 'A small move: the straight line is still close to the curve.';
  return 'A far move: the curve bends away. A gradient knows only its neighbourhood.';
}

function tellProblems(bench) {
  const told = bench.found.problems.slice(0, 3).map(({ node, op, source, needed }) => {
    const value = bench.found.values[source];
    return callOf(bench, node) + ' has no value: ' + op + ' needs ' + needed + ', and ' + callOf(bench, source) + ' is ' + number(value) + '.';
  });
  if (!bench.outside.own && bench.machine.program.cells) told.push('Of arrays, what-if knows the numbers that the page opened with.');
  write(bench.status, told.join(' '));
}

function makePlot(bench) {
  const svg = drawn('svg', { class: 'plot', viewBox: '0 0 ' + PLOT.width + ' ' + PLOT.height, role: 'img' });
  return element('figure', 'curve', [svg, element('figcaption', '', '')]);
}

function tellPlot(bench) {
  const [svg, caption] = bench.plot.children;
  const { active, machine, given } = bench;
  const { range } = rowFor(bench, active);
  const atStart = new Map(given).set(active, bench.base.get(active));
  const start = recompute(machine, atStart);
  const name = resultName(bench) + ' over ' + callOf(bench, active);
  drawPlot(svg, {
    points: curveOver(machine, given, active, range), range, slope: start.grads[active] || 0,
    start: { x: bench.base.get(active), y: resultIn(bench, start) },
    now: { x: given.get(active), y: resultIn(bench, bench.found) },
  });
  svg.setAttribute('aria-label', name + ': the curve, and the straight line of its gradient');
  caption.replaceChildren(element('span', '', name), element('span', 'key', [element('i', 'curve'), 'really', element('i', 'tangent'), 'predicted']));
}
