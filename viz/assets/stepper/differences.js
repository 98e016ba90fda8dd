// A gradient measured from outside: one input is moved a little to both sides. The same steps,
// tolerances and words as the library's own check in Python.

const EPSILON = 2.220446049250313e-16;
const STEP = Math.cbrt(EPSILON);

// The result along one input, every place computed once.
function rayAlong(machine, given, leaf) {
  const start = given.get(leaf);
  const step = STEP * Math.max(1, Math.abs(start));
  const known = new Map();
  const at = (by) => {
    if (!known.has(by)) {
      const moved = new Map(given).set(leaf, start + by);
      const { values } = runForward(machine, moved, true);
      const { roots } = machine.program;
      known.set(by, {
        y: roots.reduce((sum, root) => sum + values[root], 0),
        size: roots.reduce((sum, root) => sum + Math.abs(values[root]), 0),
        gone: start + by - start,
      });
    }
    return known.get(by);
  };
  const central = (factor) => {
    const above = at(factor * step);
    const below = at(-factor * step);
    const width = above.gone - below.gone;
    return { slope: (above.y - below.y) / width, noise: (4 * EPSILON * (above.size + below.size)) / width };
  };
  const sides = (factor) => [-factor * step, factor * step].map((by) => (at(by).y - at(0).y) / at(by).gone);
  const gap = (factor) => Math.abs(sides(factor)[1] - sides(factor)[0]);
  return { step, central, sides, gap };
}

// However near one looks, the slopes on the two sides differ.
function onKink(ray) {
  const { slope, noise } = ray.central(1);
  const wide = ray.gap(1);
  return wide > 1e-3 * (1 + Math.abs(slope)) + 100 * noise && ray.gap(1 / 64) > 0.5 * wide;
}

// The slope extrapolated from ever smaller steps (Ridders 1982), and its error.
function refinedSlope(ray) {
  let best = NaN;
  let error = Infinity;
  let previous = [];
  for (let k = 0; k < 12; k += 1) {
    const { slope, noise } = ray.central(16 / Math.pow(2, k));
    const row = [slope];
    previous.forEach((old, j) => {
      const factor = Math.pow(4, j + 1);
      row.push((factor * row[j] - old) / (factor - 1));
      const change = Math.max(Math.abs(row[j + 1] - row[j]), Math.abs(row[j + 1] - old), noise);
      if (change < error) [best, error] = [row[j + 1], change];
    });
    previous = row;
  }
  return { best, error };
}

function allowed(one, other) {
  return 1e-7 + 1e-5 * Math.max(Math.abs(one), Math.abs(other));
}

function verdictOf(ray, computed) {
  const { slope, noise } = ray.central(1);
  if (Math.abs(slope - computed) <= allowed(slope, computed) + noise) return onKink(ray) ? 'kink' : 'same';
  const { best, error } = refinedSlope(ray);
  let kind = 'wrong';
  if (!Number.isFinite(computed)) kind = 'infinite';
  else if (!Number.isFinite(best)) kind = 'edge';
  else if (Math.abs(best - computed) <= allowed(best, computed) + 10 * error) {
    if (error <= 0.01 * Math.max(Math.abs(best), Math.abs(computed)) + 1e-7) return 'same';
    kind = 'noise';
  }
  const [wide, narrow, near] = [ray.gap(1), ray.gap(1 / 64), ray.central(1 / 64)];
  const bent = narrow > 0.5 * wide && Math.abs(slope - computed) <= 0.75 * wide + noise;
  const jumps = Math.abs(near.slope) > 16 * Math.abs(slope) + 16 * near.noise;
  return (bent && wide > allowed(slope, computed)) || jumps ? 'kink' : kind;
}

// One leaf: what the backward pass computed beside what was measured.
function measureLeaf(machine, given, leaf, gradient) {
  const computed = gradient === null ? 0 : gradient;
  if (!Number.isFinite(given.get(leaf))) return { node: leaf, element: [], computed, measured: NaN, verdict: 'infinite' };
  const ray = rayAlong(machine, given, leaf);
  const verdict = verdictOf(ray, computed);
  const sides = verdict === 'kink' ? ray.sides(1) : null;
  return { node: leaf, element: [], computed, measured: ray.central(1).slope, verdict, step: ray.step, sides };
}
