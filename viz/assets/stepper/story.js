// The passes replayed from the numbers: what every step sends, and how things stand after any step.

function readNumbers(model) {
  return {
    values: model.nodes.map((node) => asNumber(node.value ?? null)),
    locals: model.edges.map((edge) => asNumber(edge[3])),
    rate: model.rate ?? null,
    updated: {},
    own: true,
  };
}

// Contributions of single numbers are all worded alike, so the document leaves those sentences out.
function completeSteps(model) {
  const name = (node) => model.nodes[node].name;
  let turn;
  for (const step of model.steps) {
    if (step.turn !== undefined) turn = step.turn;
    step.turn = turn;
    if (step.text === undefined) {
      const [source, target] = model.edges[step.edge];
      step.text =
        name(source) +
        '.grad += ' +
        name(target) +
        '.grad * d' +
        name(target) +
        '/d' +
        name(source) +
        ' = \uE000 * \uE101 = \uE002';
    }
    if (step.note === undefined) {
      step.note = step.phase === 'backward' ? name(step.node) + '.grad: \uE003 -> \uE004' : '';
    }
  }
}

// A step's quantity as the document gives it: a number, or [place among the arrays].
function givenQuantity(model, quantity) {
  if (quantity === undefined || quantity === null) return null;
  return Array.isArray(quantity) ? model.arrays[quantity[0]] : asNumber(quantity);
}

// Fills numbers.sent and numbers.grads, and returns the quantities of every step.
function replay(model, numbers) {
  const grads = new Array(model.nodes.length).fill(null);
  const sent = new Array(model.edges.length).fill(null);
  const told = model.steps.map((step) => {
    const given = (part) => givenQuantity(model, step[part]);
    const now = {
      upstream: given('upstream'),
      local: null,
      contribution: given('contribution'),
      before: given('before'),
      after: given('after'),
      value: numbers.values[step.node] ?? given('value'),
      old: given('old'),
      rate: numbers.rate ?? step.rate ?? null,
      inputs: model.nodes[step.node].inputs.map((index) => numbers.values[index]),
    };
    if (step.phase === 'seed' || step.phase === 'backward') {
      if (step.edge !== undefined) tellEdge(model, numbers, step, now, grads);
      else if (now.after === null || typeof now.after === 'number') now.contribution = now.contribution ?? 1;
      if (typeof now.contribution === 'number') {
        now.before = grads[step.node] ?? 0;
        now.after = now.before + now.contribution;
      }
      if (now.after !== null && step.part !== 'copies') grads[step.node] = now.after;
      if (step.edge !== undefined) sent[step.edge] = now.contribution;
    } else if (step.phase === 'update') {
      now.old = numbers.values[step.node] ?? now.old;
      now.upstream = now.after = grads[step.node];
      now.value = numbers.updated[step.node] ?? updated(now) ?? given('value');
    }
    return now;
  });
  numbers.grads = grads;
  numbers.sent = sent;
  return told;
}

function tellEdge(model, numbers, step, now, grads) {
  const reader = model.edges[step.edge][1];
  now.local = numbers.locals[step.edge];
  if (typeof grads[reader] === 'number') now.upstream = grads[reader];
  if (now.local !== null && typeof now.upstream === 'number') now.contribution = now.upstream * now.local;
}

function updated(now) {
  const known = [now.old, now.rate, now.after].every((item) => typeof item === 'number');
  return known ? now.old - now.rate * now.after : null;
}

// How things stand after k steps.
function standAfter(app, k) {
  const { model, told } = app;
  const stand = {
    known: model.nodes.map((node) => !node.op),
    values: app.numbers.values.slice(),
    grads: new Array(model.nodes.length).fill(null),
    arrivals: new Array(model.nodes.length).fill(0),
    sent: new Array(model.edges.length).fill(null),
    passed: new Array(model.nodes.length).fill(false),
  };
  for (let index = 0; index < k; index += 1) {
    const step = model.steps[index];
    const now = told[index];
    if (step.phase === 'forward') stand.known[step.node] = true;
    if (step.phase === 'update') stand.values[step.node] = now.value;
    if (step.phase === 'zero_grad') {
      stand.grads[step.node] = null;
      stand.arrivals[step.node] = 0;
    }
    if (step.phase !== 'seed' && step.phase !== 'backward') continue;
    if (step.part !== 'copies') {
      stand.grads[step.node] = now.after ?? { text: 'reached' };
      stand.arrivals[step.node] = step.arrival;
    }
    if (step.edge !== undefined) {
      stand.sent[step.edge] = now.contribution ?? { text: 'sent', norm: 1 };
      stand.passed[model.edges[step.edge][1]] = true;
    }
  }
  return stand;
}

// Where each granularity stops: after a contribution, an operation, a module, a whole pass.
function stopsOf(model) {
  const operation = (step) =>
    step.phase + (step.edge === undefined ? ':' + step.node : '>' + model.edges[step.edge][1]);
  const module = (step) => {
    const reader = step.edge === undefined ? step.node : model.edges[step.edge][1];
    return step.phase + ':' + (model.nodes[reader].scope || '');
  };
  const units = { edge: (step, place) => place, op: operation, module, pass: (step) => step.phase };
  const stops = {};
  for (const name in units) {
    stops[name] = [0];
    model.steps.forEach((step, place) => {
      const next = model.steps[place + 1];
      if (!next || units[name](step, place) !== units[name](next, place + 1)) stops[name].push(place + 1);
    });
  }
  return stops;
}
