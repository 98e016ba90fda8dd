// The check: beside every leaf's gradient the slope that is measured by moving the leaf.

const ROWS_AT_ONCE = 40;
const CHECK_SIGNS = { same: '\u2713', wrong: '\u2717' };

plugins.check = function (app, data) {
  const panel = element('div', 'check');
  const tab = app.addTab('check', 'Check', panel);
  const bench = { app, data, panel, tab, machine: machineFor(app), shown: ROWS_AT_ONCE };
  bench.names = bench.machine && namesFor(app, bench.machine);
  if (!bench.machine && data.reason) {
    panel.append(element('p', 'hint', data.reason));
    return;
  }
  bench.rows = bench.machine ? null : data.rows.map((row) => ({ ...row, computed: asNumber(row.computed), measured: asNumber(row.measured) }));
  bench.total = bench.machine ? bench.machine.program.leaves.length : bench.rows.length;
  const isOpen = () => app.state.tab === 'check';
  app.on('numbers', () => {
    if (bench.machine) bench.rows = null;
    if (isOpen()) tellLater(bench);
  });
  app.on('tab', (name) => name === 'check' && tellLater(bench));
};

// While a slider is dragged, once per painted frame is enough.
function tellLater(bench) {
  if (bench.waiting) return;
  bench.waiting = true;
  requestAnimationFrame(() => {
    bench.waiting = false;
    if (bench.machine && (!bench.rows || bench.rows.length < Math.min(bench.shown, bench.total))) bench.rows = measureAll(bench);
    tellCheck(bench);
  });
}

function measureAll({ app, machine, names, shown }) {
  const { values } = app.numbers;
  const { cells } = machine.program;
  const given = cells ? machine.now || machine.start : new Map([...machine.start.keys()].map((index) => [index, values[index]]));
  const { grads } = recompute(machine, given);
  return leavesInOrder(machine, names).slice(0, shown).map((leaf) => measureLeaf(machine, given, leaf, grads[leaf]));
}

function tellCheck(bench) {
  const { data } = bench;
  const rows = bench.rows.slice(0, bench.shown);
  const same = rows.filter((row) => row.verdict === 'same').length;
  const wrong = rows.filter((row) => row.verdict === 'wrong').length;
  const unclear = rows.length - same - wrong;
  const told = same + ' of ' + rows.length + ' gradients agree with what is measured.' + (unclear ? ' ' + unclear + ' cannot be measured here.' : '');
  bench.tab.badge(wrong ? '\u2717' : unclear ? '~' : '\u2713');
  const head = element('tr', '', ['leaf', 'backward', 'measured', 'differ by'].map((word) => {
    const cell = element('th', '', word);
    cell.scope = 'col';
    return cell;
  }));
  const table = element('table', 'checks', [element('thead', '', head), element('tbody', '', rows.flatMap((row) => checkRow(bench, row)))]);
  const parts = [element('p', 'verdict', told), table];
  if (bench.total > bench.shown) {
    const more = element('button', 'plain', 'Check ' + (bench.total - bench.shown) + ' more');
    more.type = 'button';
    more.addEventListener('click', () => {
      bench.shown = bench.total;
      tellLater(bench);
    });
    parts.push(more);
  }
  else if (data.count > bench.total) parts.push(element('p', 'hint', (data.count - bench.total) + ' more numbers were not moved.'));
  parts.push(element('p', 'hint method', ['Measured without any derivative: each leaf x is moved by a small h to both sides, (f(x + h) \u2212 f(x \u2212 h)) / 2h, with h = 6e\u22126 \u00d7 max(1, |x|).']));
  bench.panel.replaceChildren(...parts);
}

function checkRow({ app, data, machine, names }, row) {
  const place = row.element.length ? '[' + row.element.join(', ') + ']' : '';
  const name = machine ? names.get(row.node) : app.nameOf(row.node) + place;
  const node = machine ? ownerOf({ app, machine }, row.node) : row.node;
  const button = element('button', 'line', name);
  button.type = 'button';
  button.title = 'show ' + name + ' in the picture';
  button.addEventListener('click', () => app.select(node));
  const size = Math.max(Math.abs(row.computed), Math.abs(row.measured));
  const share = size ? Math.abs(row.computed - row.measured) / size : 0;
  const sign = element('span', 'sign ' + row.verdict, CHECK_SIGNS[row.verdict] || '~');
  sign.setAttribute('role', 'img');
  sign.setAttribute('aria-label', data.words[row.verdict]);
  const cells = [element('td', '', button), ...[row.computed, row.measured].map((x) => element('td', 'figure ' + signOf(x), number(x, { signed: true }))),
    element('td', 'share', [number(Number(share.toPrecision(1))), ' ', sign])];
  const lines = [element('tr', row.verdict, cells)];
  if (row.verdict !== 'same') {
    const sides = row.sides ? ' (' + row.sides.map((x) => number(x)).join(' and ') + ')' : '';
    const words = element('td', 'words', data.words[row.verdict] + sides);
    words.colSpan = 4;
    lines.push(element('tr', 'words', words));
  }
  return lines;
}
