// What if, for arrays: the graph runs as one of single numbers, and what its arrays hold, what their
// steps say and how their boxes look is gathered from these numbers.

const PICTURE_PIXELS = 24;
const BOX_PIXELS = 40;
const SHARP_PIXELS = 72;

// Per node and per edge its numbers; what an edge's copies were sent is added up to the source.
function gathered(app, machine, found) {
  const { nodes, edges } = machine.program.cells;
  const pick = (numbers, places) => places.map((place) => numbers[place]);
  const sent = new Map();
  for (const [edge, places, onto, shape] of edges) {
    const copies = pick(found.grads, places);
    if (copies.some((x) => x === null)) continue;
    const [source] = app.model.edges[edge];
    const total = new Array(nodes[source].length).fill(0);
    copies.forEach((x, k) => { total[onto[k]] += x; });
    sent.set(edge, { copies, shape, total });
  }
  const grads = nodes.map((places) => pick(found.grads, places).map((x) => (x === null ? 0 : x)));
  return { values: nodes.map((places) => pick(found.values, places)), grads, sent };
}

function shapeOf(app, node) {
  return app.model.nodes[node].shape || [];
}

function recordOf(numbers, shape) {
  let picture = null;
  return {
    text: spreadText(numbers, { signed: true }), shape, norm: lengthOfVector(numbers),
    // Painted only when it is looked at.
    get heat() {
      picture = picture || heatPicture(numbers, shape, PICTURE_PIXELS, 1);
      return numbers.length ? picture : undefined;
    },
  };
}

const STEP_PARTS = ['upstream', 'contribution', 'before', 'after', 'value', 'old', 'note'];

// The quantities of every step, written over those that Python gave.
function retellSteps(app, held) {
  const { model } = app;
  const running = new Map();
  const add = (one, other) => (one ? one.map((x, k) => x + other[k]) : other);
  for (const step of model.steps) {
    const { node, phase } = step;
    const now = { before: running.get(node) };
    const shape = shapeOf(app, node);
    if (phase === 'forward') now.value = held.values[node];
    else if (phase === 'seed') now.contribution = held.values[node].map(() => 1);
    else if (phase === 'backward') {
      const flow = held.sent.get(step.edge);
      const reader = model.edges[step.edge][1];
      now.upstream = held.grads[reader];
      if (flow) now.contribution = step.part === 'copies' ? flow.copies : flow.total;
      now.shapes = { upstream: shapeOf(app, reader), contribution: step.part === 'copies' && flow ? flow.shape : shape };
    } else if (phase === 'update') {
      const { rate } = step;
      now.old = held.values[node];
      now.after = held.grads[node];
      now.value = now.old.map((x, k) => x - rate * now.after[k]);
    }
    if (now.contribution && step.part !== 'copies') {
      now.after = add(now.before, now.contribution);
      running.set(node, now.after);
    }
    writeStep(app, step, now, shape);
  }
}

function writeStep(app, step, now, shape) {
  const { model } = app;
  for (const part of STEP_PARTS) {
    if (step[part] === undefined || now[part] === undefined) continue;
    const own = (now.shapes && now.shapes[part]) || shape;
    step[part] = own.length ? [model.arrays.push(recordOf(now[part], own)) - 1] : now[part][0];
  }
  if (!shape.length || !step.note) return;
  const name = app.nameOf(step.node);
  const words = (numbers) => spreadText(numbers, { ascii: true });
  if (step.phase === 'forward') step.note = step.note.replace(/values .*$/, 'values ' + words(now.value));
  else if (step.phase === 'update') step.note = name + ': ' + words(now.old) + ' -> ' + words(now.value);
  else if (step.note.startsWith(name + '.grad: ') && now.after) {
    step.note = name + '.grad: ' + (now.before ? words(now.before) : '0') + ' -> ' + words(now.after);
  }
}

// The boxes of the picture that is up: words, norms and heatmaps of arrays.
function redrawBoxes(app, held) {
  for (const box of app.figure.boxes) {
    if (!box || box.node < 0 || !shapeOf(app, box.node).length) continue;
    const shape = shapeOf(app, box.node);
    const parts = { data: held && held.values[box.node], grad: held && held.grads[box.node] };
    for (const part in parts) {
      const how = { signed: part === 'grad' };
      const numbers = parts[part];
      setWords(box.rows[part], numbers && rangeText(numbers, how));
      setWords(box.rows[part + '-norm'], numbers && number(lengthOfVector(numbers)));
      setHeat(box[part + 'Heat'], numbers, shape);
    }
  }
}

function setWords(row, text) {
  if (!row) return;
  if (row.python === undefined) row.python = row.words;
  row.words = text || row.python;
}

// The heatmaps that Python painted, by the image they stand in.
const paintedByPython = new WeakMap();

function setHeat(image, numbers, shape) {
  if (!image) return;
  const link = image.hasAttribute('href') ? 'href' : 'xlink:href';
  if (!paintedByPython.has(image)) paintedByPython.set(image, image.getAttribute(link) || '');
  const zoom = Math.max(1, Math.floor(SHARP_PIXELS / Math.max(...heatSize(shape))));
  const painted = numbers ? 'data:image/png;base64,' + heatPicture(numbers, shape, BOX_PIXELS, zoom)[0] : paintedByPython.get(image);
  image.setAttribute(link, painted);
}

function heatSize(given) {
  const { rows, columns, high, wide } = tileGrid(tileShape(given), BOX_PIXELS);
  return [columns * (wide + 1) - 1, rows * (high + 1) - 1];
}

// The steps as they were before anything was moved, to go back to.
function keepSteps(app) {
  const kept = app.model.steps.map((step) => Object.fromEntries(STEP_PARTS.map((part) => [part, step[part]])));
  const count = app.model.arrays.length;
  return (parts) => {
    if (parts === STEP_PARTS) app.model.arrays.length = count;
    app.model.steps.forEach((step, k) => {
      for (const part of parts) {
        if (kept[k][part] === undefined) delete step[part];
        else step[part] = kept[k][part];
      }
    });
  };
}

// What the page is told when the numbers of a graph of arrays have changed.
function showArrays(bench, found) {
  const { app, machine } = bench;
  bench.putBack = bench.putBack || keepSteps(app);
  bench.putBack(STEP_PARTS);
  bench.held = gathered(app, machine, found);
  retellSteps(app, bench.held);
  redrawBoxes(app, bench.held);
  const own = readNumbers(app.model);
  const locals = own.locals.slice();
  for (const [edge, place] of machine.program.cells.slopes) if (locals[edge] !== null) locals[edge] = found.locals[place];
  return { values: own.values.map((x, node) => (shapeOf(app, node).length ? null : bench.held.values[node][0])), locals };
}

function showOwnArrays(bench) {
  if (bench.putBack) bench.putBack(STEP_PARTS);
  bench.held = null;
  redrawBoxes(bench.app, null);
}

// Another part of the page has brought other arrays: what it wrote stays, only ours goes.
function forgetArrays(bench) {
  if (!bench.held) return;
  bench.putBack(['note']);
  for (const box of bench.app.figure.boxes) {
    if (!box) continue;
    for (const name in box.rows) delete box.rows[name].python;
    for (const image of [box.dataHeat, box.gradHeat]) if (image && paintedByPython.has(image)) setHeat(image, null, [1]);
  }
  bench.putBack = bench.held = null;
}
