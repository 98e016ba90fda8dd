// All paths between two nodes: counted and summed without walking them; only the first are listed.

const MOST_PATHS = 50;

function edgesInto(app) {
  if (!app.into) {
    app.into = app.model.nodes.map(() => []);
    app.outOf = app.model.nodes.map(() => []);
    app.model.edges.forEach(([source, target], edge) => {
      app.into[target].push(edge);
      app.outOf[source].push(edge);
    });
  }
  return app.into;
}

// Per node: how many paths lead from it to `end`, and d end / d node; `inside` may bound the search.
function towards(app, end, inside) {
  edgesInto(app);
  const counts = {},
    slopes = {};
  counts[end] = 1;
  slopes[end] = 1;
  for (let node = end; node >= 0; node -= 1) {
    if (!counts[node]) continue;
    if (inside && !inside.has(node)) continue;
    for (const edge of app.into[node]) {
      const [source] = app.model.edges[edge];
      if (!app.model.nodes[source].needs) continue;
      const local = app.numbers.locals[edge];
      counts[source] = (counts[source] || 0) + counts[node];
      slopes[source] = (slopes[source] || 0) + (local === null ? NaN : local * slopes[node]);
    }
  }
  return { counts, slopes };
}

function totalSlope(app, end, start, inside) {
  return towards(app, end, inside).slopes[start] ?? null;
}

function pathsBetween(app, first, second) {
  const [start, end] = first < second ? [first, second] : [second, first];
  const { counts, slopes } = towards(app, end);
  const found = {
    start,
    end,
    count: counts[start] || 0,
    total: slopes[start] ?? null,
    paths: [],
    branches: [],
  };
  if (!found.count) return found;
  if (found.count <= MOST_PATHS) listPaths(app, start, end, counts, found.paths);
  else {
    for (const edge of app.outOf[start]) {
      const reader = app.model.edges[edge][1];
      if (counts[reader]) {
        const product = app.numbers.locals[edge] * slopes[reader];
        found.branches.push({ edge, reader, count: counts[reader], rest: slopes[reader], product });
      }
    }
  }
  return found;
}

function listPaths(app, start, end, counts, paths) {
  const walk = (node, edges) => {
    if (node === end) {
      const factors = edges.map((edge) => app.numbers.locals[edge]).reverse();
      const product = factors.includes(null) ? null : factors.reduce((all, factor) => all * factor, 1);
      paths.push({ edges: edges.slice(), factors, product });
      return;
    }
    for (const edge of app.outOf[node]) {
      const reader = app.model.edges[edge][1];
      if (counts[reader]) walk(reader, [...edges, edge]);
    }
  };
  walk(start, []);
}

function buildPaths(app) {
  const panel = element('div', 'paths');
  const from = element('select');
  const to = element('select');
  from.setAttribute('aria-label', 'paths from');
  to.setAttribute('aria-label', 'paths to');
  const result = element('div', 'found');
  panel.append(element('p', 'choose', ['from ', to, ' back to ', from]), result);
  const options = app.model.nodes.map((node, index) => index).filter((index) => app.model.nodes[index].needs);
  const offered =
    options.length > 300
      ? options.filter(
          (index) =>
            app.model.nodes[index].named || !app.model.nodes[index].op || app.model.roots.includes(index),
        )
      : options;
  for (const select of [from, to]) {
    for (const index of offered) {
      const option = element('option', '', app.nameOf(index));
      option.value = index;
      select.append(option);
    }
    select.addEventListener('change', show);
  }
  if (!offered.length) panel.replaceChildren(element('p', 'hint', 'No node of this graph wants a gradient.'));
  to.value = app.model.roots[0];
  from.value = offered[0];
  app.on('select', (selected) => {
    if (selected.length !== 2) return mark([]);
    const [first, second] = [...selected].sort((one, other) => one - other);
    for (const [select, index] of [
      [from, first],
      [to, second],
    ]) {
      if (![...select.options].some((option) => Number(option.value) === index)) {
        const option = element('option', '', app.nameOf(index));
        option.value = index;
        select.append(option);
      }
      select.value = index;
    }
    app.openTab('paths');
    show();
  });
  app.on('numbers', () => panel.isConnected && !panel.closest('[hidden]') && show());
  app.on('tab', (name) => (name === 'paths' ? show() : mark([])));
  app.markPath = mark;

  function mark(edges) {
    const figure = app.figure;
    if (!figure) return;
    const marked = new Set(edges.map((edge) => figure.linkOf[edge]));
    figure.links.forEach((link, index) => switchClass(link.group, 'onpath', marked.has(index)));
    switchClass(app.root, 'tracing', edges.length > 0);
  }

  function show() {
    if (from.value === '' || to.value === '') return;
    const found = pathsBetween(app, Number(from.value), Number(to.value));
    mark([]);
    const [start, end] = [app.nameOf(found.start), app.nameOf(found.end)];
    if (!found.count || found.start === found.end) {
      result.replaceChildren(
        element(
          'p',
          'hint',
          found.start === found.end
            ? 'Choose two different nodes.'
            : 'No path leads from ' + end + ' back to ' + start + '.',
        ),
      );
      return;
    }
    const several = found.count === 1 ? 'One path' : found.count.toLocaleString('en') + ' paths';
    const rows = found.paths.length
      ? found.paths.map((path) => pathRow(path))
      : found.branches.map((branch) => branchRow(branch));
    const sum = element('p', 'sum', [
      fraction(app, found.end, found.start),
      ' = ',
      element(
        'b',
        signOf(found.total),
        found.total === null || Number.isNaN(found.total) ? 'arrays' : number(found.total, { signed: true }),
      ),
    ]);
    result.replaceChildren(
      element(
        'p',
        'hint',
        several + (found.paths.length ? ':' : ', too many to list; summed per first edge:'),
      ),
      element('ol', 'rows', rows),
      sum,
    );
  }

  function row(edges, words, product) {
    const button = element('button', 'line', [
      words,
      element('b', signOf(product), product === null ? '' : number(product, { signed: true })),
    ]);
    button.type = 'button';
    for (const event of ['mouseenter', 'focus', 'click']) button.addEventListener(event, () => mark(edges));
    button.addEventListener('mouseleave', () => mark([]));
    return element('li', '', button);
  }

  function pathRow(path) {
    const names = [
      app.model.edges[path.edges[path.edges.length - 1]][1],
      ...path.edges
        .slice()
        .reverse()
        .map((edge) => app.model.edges[edge][0]),
    ];
    const factors = path.factors
      .map((factor) => (factor === null ? '[array]' : number(factor)))
      .map((text) => (/^\u2212/.test(text) ? '(' + text + ')' : text));
    return row(
      path.edges,
      element('span', 'way', [
        element('span', '', names.map(app.nameOf).join(' \u2192 ')),
        element('small', '', factors.join(' \u00d7 ')),
      ]),
      path.product,
    );
  }

  function branchRow(branch) {
    const words =
      branch.count.toLocaleString('en') +
      (branch.count === 1 ? ' path' : ' paths') +
      ' through ' +
      app.nameOf(branch.reader);
    const factors = number(branch.rest) + ' \u00d7 ' + number(app.numbers.locals[branch.edge]);
    return row(
      [branch.edge],
      element('span', 'way', [element('span', '', words), element('small', '', factors)]),
      branch.product,
    );
  }
  return panel;
}
