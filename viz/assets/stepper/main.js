// From the still picture and the list to the stepper: what was there stays until all of it stands.

function startStepper(root, model) {
  const app = makeApp(root, model);
  const stage = element('div', 'stage');
  const view = element('div', 'view');
  const main = element('div', 'main');
  const live = element('div', 'live');
  live.setAttribute('aria-live', 'polite');
  app.say = (text) => write(live, text);
  app.still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
  app.boxOf = (node) => ((app.figure && app.figure.boxes[app.figure.boxOf[node]]) || {}).group || null;
  app.linkOf = (edge) => (app.figure && app.figure.links[app.figure.linkOf[edge]]) || null;

  const firstText = root.querySelector('.view img') ? readSvg(root) : model.views[0].picture;
  const first = parseSvg(firstText);
  const bar = buildBar(app);
  const equation = buildEquation(app);
  const side = buildTabs(app);
  const listing = buildListing(app);
  if (listing) side.held.prepend(listing);
  app.addTab('node', 'Node', buildInspector(app));
  app.addTab('paths', 'Paths', buildPaths(app));
  stage.append(view, buildOrder(app));
  main.append(stage, side);
  app.main = main;

  const list = root.querySelector('details.all');
  root.querySelectorAll(':scope > :not(details):not(script):not(style)').forEach((old) => old.remove());
  root.prepend(bar, equation, main, live);
  if (!root.parentElement || !root.parentElement.closest('.glassgrad-stepper'))
    root.prepend(element('style', '', STYLE));
  if (list) linkList(app, list);
  setUp(root, 'Backpropagation, step by step. ' + model.description);
  app.on('paint', () => paintFigure(app, app.figure));
  const camera = buildCamera(app, view);
  app.showSvg = (svg, number) => {
    if (app.figure) app.figure.svg.remove();
    app.state.view = number;
    view.prepend(svg);
    app.figure = mountFigure(app, svg, number);
    listenToBoxes(app, view, camera);
    app.emit('view', number);
    paintFigure(app, app.figure);
    camera.mount(app.figure);
  };
  buildViews(app, stage, firstText);
  app.on('paint', () => runPulse(app, app.figure));
  app.on('step', (state) => app.say(state.step ? app.text(state.step) + '. ' + app.note(state.step) : ''));
  followTheme(app);
  listenToKeys(app);
  for (const name in model.extras || {}) if (plugins[name]) plugins[name](app, model.extras[name]);
  addHelp(app, first);
  app.showSvg(first, 0);
  app.setNumbers({});
  app.goto(Math.max(0, model.start || 0));
  root.app = app;
  return app;
}

// Wide or narrow by the room there is, not by the window: a notebook's cell may be small.
function setUp(root, label) {
  const measure = () => {
    root.dataset.wide = root.clientWidth >= 760 ? 'yes' : 'no';
    root.dataset.middle = root.clientWidth >= 760 && root.clientWidth < 1040 ? 'yes' : 'no';
  };
  new ResizeObserver(measure).observe(root);
  measure();
  root.dataset.ready = 'yes';
  root.tabIndex = 0;
  root.setAttribute('role', 'group');
  root.setAttribute('aria-label', label);
}

function listenToBoxes(app, view, camera) {
  app.figure.boxes.forEach((box) => {
    box.group.addEventListener('click', (event) => {
      if (camera.dragged > 4) return;
      if (box.nodes.length > 1 && box.scope && !event.shiftKey && app.openScope(box.scope)) return;
      const node = box.node >= 0 ? box.node : box.nodes[box.nodes.length - 1];
      app.select(node, event.shiftKey || event.ctrlKey || event.metaKey);
      if (app.state.selected.length === 1) app.openTab('node');
    });
  });
}

// The list without a script becomes a list of links, and follows the numbers.
function linkList(app, list) {
  const items = [...list.querySelectorAll('li')];
  const scroller = list.querySelector('ol');
  scroller.tabIndex = 0;
  scroller.setAttribute('aria-label', 'all steps');
  items.forEach((item, place) => {
    item.addEventListener('click', () => app.goto(place + 1));
  });
  const mark = () => {
    if (!list.open) return;
    items.forEach((item, place) => switchClass(item, 'now', place + 1 === app.state.step));
  };
  app.on('step', mark);
  list.addEventListener('toggle', mark);
  app.on('numbers', () => items.forEach((item, place) => write(item, app.text(place + 1))));
  window.addEventListener('beforeprint', () => {
    list.open = true;
  });
}

function wake() {
  document
    .querySelectorAll('.glassgrad-stepper[data-stepper="@@hash@@"]:not([data-ready])')
    .forEach((root) => {
      const model = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
      startStepper(root, model);
    });
}
