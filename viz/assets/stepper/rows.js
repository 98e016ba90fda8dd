// Functions of rows of numbers (and of single numbers, which stretch over a row), for ops that make
// one number of a list: forward functions, and what their derivatives' formulas are made of.

function rowLength(items) {
  for (const item of items) if (Array.isArray(item) && item.length !== 1) return item.length;
  return items.some(Array.isArray) ? 1 : null;
}

function elementAt(item, k) {
  return Array.isArray(item) ? item[item.length === 1 ? 0 : k] : item;
}

// A function of numbers made one of rows: it is called for every place.
function stretched(compute) {
  return (...items) => {
    const length = rowLength(items);
    if (length === null) return compute(...items);
    return Array.from({ length }, (_, k) => compute(...items.map((item) => elementAt(item, k))));
  };
}

function rowOf(x) {
  return Array.isArray(x) ? x : [x];
}

function rowSum(x) {
  return rowOf(x).reduce((total, item) => total + item, 0);
}

// Not Math.max: called with very many arguments it fails.
function extreme(x, wins) {
  return rowOf(x).reduce((best, item) => (best !== best || wins(best, item) ? best : item));
}

function greatest(x) {
  return extreme(x, (best, item) => best >= item);
}

function varianceOf(x, ddof) {
  const mean = rowSum(x) / rowOf(x).length;
  const squares = rowOf(x).map((item) => (item - mean) * (item - mean));
  return rowOf(x).length > ddof ? rowSum(squares) / (squares.length - ddof) : NaN;
}

const rows = {
  ...Object.fromEntries(Object.entries(primitives).map(([name, compute]) => [name, stretched(compute)])),
  add: stretched((x, y) => x + y),
  sub: stretched((x, y) => x - y),
  mul: stretched((x, y) => x * y),
  div: stretched((x, y) => x / y),
  neg: stretched((x) => -x),
  equal: stretched((x, y) => Number(x == y)),
  not_equal: stretched((x, y) => Number(x != y)),
  greater: stretched((x, y) => Number(x > y)),
  greater_equal: stretched((x, y) => Number(x >= y)),
  less: stretched((x, y) => Number(x < y)),
  less_equal: stretched((x, y) => Number(x <= y)),
  where: stretched((test, yes, no) => (test != 0 ? yes : no)),
  spread(x, length) {
    return Array.from({ length }, (_, k) => elementAt(x, k));
  },
  part(x, start, stop) {
    return rowOf(x).slice(start, stop);
  },
  joined(parts) {
    return parts.flat();
  },
  flip(x) {
    return rowOf(x).slice().reverse();
  },
  cumprod(x) {
    let product = 1;
    return rowOf(x).map((item) => (product *= item));
  },
  sum: rowSum,
  mean(x) {
    return rowSum(x) / rowOf(x).length;
  },
  prod(x) {
    return rowOf(x).reduce((product, item) => product * item, 1);
  },
  max: greatest,
  min(x) {
    return extreme(x, (best, item) => best <= item);
  },
  matmul(x, y) {
    return rowSum(rows.mul(x, y));
  },
  weighted_sum(weights, inputs, bias) {
    return rowSum(rows.mul(weights, inputs)) + bias;
  },
  var(x, { ddof }) {
    return varianceOf(x, ddof);
  },
  std(x, { ddof }) {
    return Math.sqrt(varianceOf(x, ddof));
  },
  logsumexp(x) {
    const top = greatest(x);
    const shift = Number.isFinite(top) ? top : 0;
    return Math.log(rowSum(rowOf(x).map((item) => Math.exp(item - shift)))) + shift;
  },
  norm(x, { ord }) {
    const sizes = rowOf(x).map(Math.abs);
    if (ord === Infinity) return greatest(sizes);
    const top = greatest(sizes);
    const scale = top === 0 || !Number.isFinite(top) ? 1 : top;
    return Math.pow(rowSum(sizes.map((size) => Math.pow(size / scale, ord))), 1 / ord) * scale;
  },
};
