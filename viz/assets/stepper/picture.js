// The live picture: every number and every line as things stand after the present step.

const THIN = 1.3;
const THICK = 5;
const ENDLESS = 2.5; // more for what is infinite
const NOT_REACHED = 'not reached';

function paintFigure(app, figure) {
  const strongest = strongestFlow(app, figure);
  figure.boxes.forEach((box) => paintBox(app, box));
  figure.links.forEach((link, index) => paintLink(app, link, index, strongest));
  paintActive(app, figure);
}

function sizeOf(quantity) {
  if (quantity === null || quantity === undefined) return 0;
  const size = typeof quantity === 'number' ? Math.abs(quantity) : asNumber(quantity.norm ?? 0);
  return Number.isFinite(size) ? size : 0;
}

function flowOf(app, link, sent) {
  const flows = link.edges
    .map((edge) => (app.hidden('sent', edge) ? null : sent[edge]))
    .filter((flow) => flow !== null && flow !== undefined);
  if (!flows.length) return null;
  if (flows.every((flow) => typeof flow === 'number')) return flows.reduce((sum, flow) => sum + flow, 0);
  return flows[0];
}

function strongestFlow(app, figure) {
  return Math.max(0, ...figure.links.map((link) => sizeOf(flowOf(app, link, app.numbers.sent))));
}

// A mark is shown once what it is about has happened, and only for Python's own numbers.
const ABOUT_VALUES = ['nan', 'infinite', 'saturated', 'dead', 'kink', 'infinite-slope'];

function showBadges(app, badges, known, finished) {
  for (const badge of badges) {
    const due = app.numbers.own && (ABOUT_VALUES.includes(badge.dataset.mark) ? known : finished);
    badge.style.visibility = due ? '' : 'hidden';
  }
}

function paintBox(app, box) {
  const node = box.node;
  const everything = box.nodes.every((index) => app.stand.known[index]);
  switchClass(box.group, 'unknown', node < 0 ? !everything : !app.stand.known[node]);
  switchClass(box.group, 'passed', node >= 0 && app.stand.passed[node]);
  switchClass(
    box.group,
    'selected',
    box.nodes.some((index) => app.state.selected.includes(index)),
  );
  if (node < 0) return;
  const { data, grad } = box.rows;
  const record = app.model.nodes[node];
  const finished = app.stand.arrivals[node] > 0 && app.stand.arrivals[node] >= app.expected(node);
  showBadges(app, box.badges, app.stand.known[node], finished && !app.hidden('grad', node));
  if (data) {
    const value = app.stand.values[node];
    const text = !app.stand.known[node]
      ? '\u00b7'
      : app.hidden('data', node)
        ? '?'
        : value === null
          ? data.words
          : written(value);
    write(data.text, text);
  }
  const norms = [box.rows['data-norm'], box.rows['grad-norm']];
  if (norms[0]) write(norms[0].text, app.stand.known[node] ? norms[0].words : '');
  if (box.dataHeat) box.dataHeat.style.opacity = app.stand.known[node] ? 1 : 0;
  if (!grad || !record.needs) return;
  const arrived = app.stand.grads[node];
  const partial = arrived !== null && !finished;
  const isArray = arrived !== null && typeof arrived === 'object';
  const hidden = app.hidden('grad', node) && arrived !== null;
  const words = isArray && finished ? grad.words : written(arrived, { signed: true });
  write(grad.text, arrived === null ? NOT_REACHED : hidden ? '?' : words);
  const tone =
    arrived === null ? ' absent' : typeof arrived === 'number' && !hidden ? ' ' + signOf(arrived) : '';
  grad.text.setAttribute('class', 'row' + tone);
  write(grad.caption, partial ? app.stand.arrivals[node] + ' of ' + app.expected(node) : 'grad');
  switchClass(grad.caption, 'partial', partial);
  const norm = isArray && arrived.norm !== undefined ? number(asNumber(arrived.norm)) : '';
  if (norms[1]) write(norms[1].text, isArray && finished ? norms[1].words : norm);
  if (box.gradHeat) box.gradHeat.style.opacity = finished ? 1 : 0;
}

function paintLink(app, link, index, strongest) {
  const flow = flowOf(app, link, app.stand.sent);
  const share = strongest && flow !== null ? Math.sqrt(sizeOf(flow) / strongest) : 0;
  // Lines into a box with many inputs stay thinner than the distance of its ports.
  const room = (0.5 * link.target.height) / link.target.arriving;
  const most = Math.max(0, Math.min(THICK, room) - THIN);
  const endless = flow === Infinity || flow === -Infinity;
  const width = THIN + (endless ? Math.min(room, most + ENDLESS) : share ? 0.4 + most * share : 0);
  const core = link.line.parentNode.querySelector('.core');
  if (core) core.style.display = endless ? '' : 'none'; // an infinite flow is hollow
  const tone = link.kind || toneOfFlow(flow);
  link.line.setAttribute('class', 'line ' + tone);
  link.line.setAttribute('stroke-width', width.toFixed(1));
  link.tip.setAttribute('class', 'tip ' + tone);
  if (!link.pill) return;
  const reader = app.model.edges[link.edges[0]][1];
  const known = app.stand.known[reader];
  switchClass(link.pill.group, 'faint', !known);
  showBadges(app, link.pill.badges, known, flow !== null);
  if (link.slopeOf !== app.numbers) {
    link.slope = slopeOf(app, link);
    link.slopeOf = app.numbers;
  }
  const { slope } = link;
  if (slope === null) return;
  const hidden = app.hidden('pill', index);
  write(link.pill.text, hidden ? '?' : number(slope, { signed: true }));
  link.pill.text.setAttribute('class', hidden ? 'zero' : signOf(slope));
}

function toneOfFlow(flow) {
  if (flow === null) return '';
  if (Number.isNaN(flow)) return 'odd';
  return typeof flow === 'number' ? signOf(flow) : 'array';
}

// The local gradient on a line; into a collapsed box it is that of the box's one way out.
function slopeOf(app, link) {
  const exit = link.target.node;
  if (link.target.nodes.length === 1) {
    return link.edges.length === 1 ? app.numbers.locals[link.edges[0]] : null;
  }
  if (exit < 0) return null;
  const source = app.model.edges[link.edges[0]][0];
  return totalSlope(app, exit, source, new Set(link.target.nodes));
}
