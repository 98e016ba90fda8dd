// One node looked at closely: its value, and what its gradient is the sum of.

function buildInspector(app) {
  const panel = element('div', 'inspector');
  app.on('paint', () => {
    const { selected } = app.state;
    const step = app.step();
    const node = selected.length ? selected[selected.length - 1] : step ? step.node : app.model.roots[0];
    panel.replaceChildren(...inspect(app, node, selected.length > 0));
  });
  return panel;
}

function inspect(app, node, chosen) {
  const record = app.model.nodes[node];
  const kind = record.op || (record.kind === 'constant' ? 'constant' : record.needs ? 'leaf' : 'data');
  const title = element('p', 'heading', [
    element('span', 'name', record.name),
    element('span', 'kind', kind),
  ]);
  const parts = [title];
  if (chosen) {
    const close = iconButton('close', 'follow the steps again', 'follow the steps again (Esc)', () =>
      app.select(null),
    );
    title.append(close);
  }
  const stand = app.reached(node);
  const value = app.stand.values[node];
  const facts = element('dl');
  const fact = (name, content, tone) => facts.append(element('dt', '', name), element('dd', tone, content));
  fact('value', stand.value ? valueWords(app, node, value) : 'not computed yet');
  if (record.shape)
    fact(
      'shape',
      '(' + record.shape.join(', ') + (record.shape.length === 1 ? ',)' : ')') + ' ' + record.dtype,
    );
  if (record.scope) fact('module', record.scope);
  if (record.line) fact('line', app.model.source[record.line[0]].file + ', line ' + record.line[1]);
  parts.push(facts);
  const array = record.array === undefined ? null : app.model.arrays[record.array];
  if (array && stand.value) {
    const cards = element('div', 'flow', arrayCard('value, norm ' + normOf(array), array));
    if (stand.grad && stand.grad.norm !== undefined)
      cards.append(arrayCard('gradient, norm ' + normOf(stand.grad), stand.grad));
    parts.push(cards);
  }
  if (record.needs) parts.push(...gradientOf(app, node, stand));
  parts.push(...neighbours(app, node));
  if (record.inside) parts.push(insideOf(app, node));
  return parts;
}

function valueWords(app, node, value) {
  if (app.hidden('data', node)) return '?';
  return value === null ? app.model.nodes[node].data : exact(value);
}

function normOf(array) {
  return number(asNumber(array.norm));
}

function exact(value) {
  const text = String(value).replace('-', MINUS).replace('Infinity', 'inf').replace('NaN', 'nan');
  return text.length > 20 ? number(value) : text;
}

function gradientOf(app, node, stand) {
  const rows = app
    .stepsOf(node)
    .filter((k) => ['seed', 'backward'].includes(app.step(k).phase) && app.step(k).part !== 'copies');
  const table = element('table', 'sum');
  table.append(
    element(
      'caption',
      '',
      'gradient: what arrives over ' +
        (rows.length === 1 ? 'its one way' : 'each of ' + rows.length + ' ways'),
    ),
  );
  for (const k of rows.slice(0, 60)) {
    const step = app.step(k);
    const now = app.stepNumbers(k);
    const reader = app.readerOf(step);
    const button = element('button', 'line', reader === null ? 'seed' : 'from ' + app.nameOf(reader));
    button.type = 'button';
    button.title = 'go to step ' + k;
    button.addEventListener('click', () => app.goto(k));
    const product =
      now.local === null || app.hidden('part:contribution', k)
        ? ''
        : pieces(app, '\uE000 \u00d7 \uE101', now, k);
    const cell = element('td', 'figure', written(now.contribution, { signed: true }));
    if (typeof now.contribution === 'number') cell.classList.add(signOf(now.contribution));
    if (app.hidden('part:contribution', k)) cell.textContent = '?';
    const row = element('tr', k <= app.state.step ? '' : 'later', [
      element('td', '', [button, element('small', '', product)]),
      cell,
    ]);
    table.append(row);
  }
  if (rows.length > 60) table.append(element('tr', '', element('td', '', rows.length - 60 + ' more')));
  const partial =
    stand.arrival < stand.expected ? stand.arrival + ' of ' + stand.expected + ' so far' : 'complete';
  const state = stand.grad === null ? 'not reached yet' : partial;
  const sum = app.hidden('grad', node) ? '?' : written(stand.grad, { signed: true });
  const total = element('td', 'figure', stand.grad === null ? '' : sum);
  if (typeof stand.grad === 'number') total.classList.add(signOf(stand.grad));
  table.append(
    element('tr', 'total', [
      element('td', '', [app.nameOf(node) + '.grad', element('small', '', state)]),
      total,
    ]),
  );
  return rows.length
    ? [table]
    : [
        element(
          'p',
          'hint',
          'No gradient comes here: nothing that the output depends on reads ' + app.nameOf(node) + '.',
        ),
      ];
}

function neighbours(app, node) {
  edgesInto(app);
  const parts = [];
  const row = (title, edges, end) => {
    if (!edges.length) return;
    const line = element('p', 'near', element('span', 'label', title));
    const others = [...new Set(edges.map((edge) => app.model.edges[edge][end]))];
    for (const other of others.slice(0, 12)) {
      const chip = element('button', 'chip', app.nameOf(other));
      chip.type = 'button';
      chip.addEventListener('click', () => app.select(other));
      line.append(chip);
    }
    if (others.length > 12) line.append(element('span', 'label', '+' + (others.length - 12)));
    parts.push(line);
  };
  row('made from', app.into[node], 0);
  row('used by', app.outOf[node], 1);
  return parts;
}

// An operation on small arrays taken apart: a stepper of its own, below the picture.
function insideOf(app, node) {
  const button = element(
    'button',
    'plain',
    'Take ' + app.model.nodes[node].op + ' apart into single numbers',
  );
  button.type = 'button';
  button.addEventListener('click', async () => {
    const old = app.root.querySelector('.inside');
    if (old) old.remove();
    const { op, inputs } = app.model.nodes[node];
    const call = op + '(' + inputs.map(app.nameOf).join(', ') + ')';
    const title = element('p', 'title', app.nameOf(node) + ' = ' + call + ', number by number');
    const inner = element('div', 'glassgrad-stepper inner');
    const holder = element('div', 'inside', [title, inner]);
    title.append(iconButton('close', 'close', 'close', () => holder.remove()));
    app.main.after(holder);
    startStepper(inner, JSON.parse(await unpacked(app.model.nodes[node].inside)));
    holder.scrollIntoView({ block: 'nearest', behavior: app.still() ? 'auto' : 'smooth' });
  });
  return button;
}
