// The app: one document, the numbers in it, and the step that is shown. Everything else listens.

function makeApp(root, model) {
  const listeners = {};
  completeSteps(model);
  const app = {
    root,
    model,
    numbers: readNumbers(model),
    stops: stopsOf(model),
    state: { step: 0, granularity: 'edge', view: 0, selected: [], playing: false },
    keys: {},
    hidden: () => false,
    number,
    fill,
    element,
    icon,
  };
  app.told = replay(model, app.numbers);
  app.stand = standAfter(app, 0);
  app.on = (event, act) => (listeners[event] = listeners[event] || []).push(act);
  app.emit = (event, detail) => (listeners[event] || []).forEach((act) => act(detail));

  app.setNumbers = (given) => {
    app.numbers = { ...readNumbers(model), own: !Object.keys(given).length, ...given };
    app.told = replay(model, app.numbers);
    app.stand = standAfter(app, app.state.step);
    app.emit('numbers', app.numbers);
    app.emit('step', app.state);
    app.emit('paint', app.state);
  };
  app.resetNumbers = () => app.setNumbers({});

  app.goto = (k) => {
    const from = app.state.step;
    app.state.step = Math.max(0, Math.min(model.steps.length, k));
    app.state.from = from;
    app.stand = standAfter(app, app.state.step);
    app.emit('step', app.state);
    app.emit('paint', app.state);
  };
  app.repaint = () => {
    app.emit('step', app.state);
    app.emit('paint', app.state);
  };
  const stopAfter = (k, stops) => stops.find((stop) => stop > k) ?? model.steps.length;
  const stopBefore = (k, stops) => stops.reduce((best, stop) => (stop < k ? stop : best), 0);
  app.next = (by) => app.goto(stopAfter(app.state.step, app.stops[by || app.state.granularity]));
  app.previous = (by) => app.goto(stopBefore(app.state.step, app.stops[by || app.state.granularity]));

  app.step = (k = app.state.step) => model.steps[k - 1] || null;
  app.stepNumbers = (k) => app.told[k - 1] || null;
  const told = (k, template) =>
    fill(template, app.stepNumbers(k), {}, (part) => app.hidden('part:' + part, k));
  app.text = (k) => told(k, app.step(k).text);
  app.note = (k) => told(k, app.step(k).note);
  // The steps that the last move did at once: one, or all those of an operation, a module, a pass.
  app.unit = () => {
    const k = app.state.step;
    const first = stopBefore(k, app.stops[app.state.granularity]);
    return Array.from({ length: k - first }, (_, place) => first + place + 1);
  };
  app.stepsOf = (node) =>
    model.steps.map((step, place) => (step.node === node ? place + 1 : 0)).filter(Boolean);
  const expected = new Array(model.nodes.length).fill(0);
  for (const step of model.steps) expected[step.node] = Math.max(expected[step.node], step.expected || 0);
  app.expected = (node) => expected[node];
  app.reached = (node) => ({
    value: app.stand.known[node],
    grad: app.stand.grads[node],
    arrival: app.stand.arrivals[node],
    expected: expected[node],
  });
  app.nameOf = (node) => model.nodes[node].name;
  app.readerOf = (step) => (step.edge === undefined ? null : model.edges[step.edge][1]);

  app.select = (node, add) => {
    const { selected } = app.state;
    if (node === null) app.state.selected = [];
    else if (add && selected.length === 1 && selected[0] !== node) app.state.selected = [selected[0], node];
    else app.state.selected = selected.length === 1 && selected[0] === node && !add ? [] : [node];
    app.emit('select', app.state.selected);
    app.repaint();
  };
  return app;
}
