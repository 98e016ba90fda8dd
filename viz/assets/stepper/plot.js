// The result as a curve over one input, and the straight line that its gradient promises.

const PLOT = { width: 286, height: 88, pad: 8 };

// Samples of the result while one input runs over its range and the others rest.
function curveOver(machine, given, leaf, range) {
  const count = machine.program.size > 2000 ? 24 : 80;
  const trial = new Map(given);
  return Array.from({ length: count + 1 }, (_, k) => {
    const x = range.low + (k / count) * (range.high - range.low);
    trial.set(leaf, x);
    return { x, y: resultOf(machine, trial) };
  });
}

function heightsOf(points, marks) {
  const heights = [...points, ...marks].map((point) => point.y).filter(Number.isFinite).sort((a, b) => a - b);
  if (!heights.length) return null;
  // Near a pole the curve runs off: a few extreme samples must not flatten all the others.
  const cut = Math.floor(heights.length * 0.04);
  const tall = heights[heights.length - 1] - heights[0] > 8 * (heights[heights.length - 1 - cut] - heights[cut]);
  const shown = tall ? heights.slice(cut, heights.length - cut) : heights;
  const low = Math.min(shown[0], ...marks.map((mark) => mark.y).filter(Number.isFinite));
  const high = Math.max(shown[shown.length - 1], ...marks.map((mark) => mark.y).filter(Number.isFinite));
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return { low: low - room, high: high + room };
}

function pathOf(points, heights, place) {
  let path = '';
  let broken = true;
  for (const point of points) {
    if (!(point.y >= heights.low && point.y <= heights.high)) {
      broken = true;
      continue;
    }
    path += (broken ? 'M' : 'L') + place(point).map((x) => x.toFixed(1)).join(' ');
    broken = false;
  }
  return path;
}

// The part of the straight line that lies inside the frame.
function tangentOf(start, slope, range, heights) {
  const at = (x) => ({ x, y: start.y + slope * (x - start.x) });
  const crossings = slope ? [heights.low, heights.high].map((y) => start.x + (y - start.y) / slope) : [-Infinity, Infinity];
  const low = Math.max(range.low, Math.min(...crossings));
  const high = Math.min(range.high, Math.max(...crossings));
  const inside = ({ x, y }) => ({ x, y: Math.max(heights.low, Math.min(heights.high, y)) });
  return Number.isFinite(slope) && low < high ? [inside(at(low)), inside(at(high))] : [];
}

function drawPlot(svg, { points, range, start, slope, now }) {
  const promised = { x: now.x, y: start.y + slope * (now.x - start.x) };
  const reach = heightsOf(points, [start, now]);
  const isNear = reach && Math.abs(promised.y - start.y) < 1.5 * (reach.high - reach.low);
  const heights = isNear ? heightsOf(points, [start, now, promised]) : reach;
  svg.replaceChildren();
  if (!heights) return;
  const { width, height, pad } = PLOT;
  const place = ({ x, y }) => [
    pad + ((x - range.low) / (range.high - range.low)) * (width - 2 * pad),
    height - pad - ((y - heights.low) / (heights.high - heights.low)) * (height - 2 * pad),
  ];
  const line = (className, d) => svg.append(drawn('path', { class: className, d }));
  const dot = (className, point, r) => {
    const [cx, cy] = place(point);
    if (Number.isFinite(cy)) svg.append(drawn('circle', { class: className, cx: cx.toFixed(1), cy: cy.toFixed(1), r }));
  };
  line('curve', pathOf(points, heights, place));
  line('tangent', pathOf(tangentOf(start, slope, range, heights), heights, place));
  if (promised.y >= heights.low && promised.y <= heights.high && now.x !== start.x) {
    line('miss', pathOf([promised, now], heights, place));
    dot('promised', promised, 4);
  }
  dot('start', start, 4);
  dot('now', now, 5);
}
