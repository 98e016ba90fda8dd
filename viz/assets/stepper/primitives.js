// Functions of numbers that ops are made of, each under its op's name: values only. Every derivative
// is written by Python from the op's own formula. They treat nan, infinities and the edges of a
// domain as NumPy does; where Python refuses, recompute.js asks the op's domain first.

// Series of positive terms near 0, continued fraction of the tail further out: about 1e-15.
function errorFunction(x) {
  const size = Math.abs(x);
  if (!(size < 6)) return x !== x ? x : Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let tail = 0;
  for (let n = 60; n > 0; n -= 1) tail = n / 2 / (size + tail);
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (size + tail)));
}

// The quotient rounded down and the rest with the divisor's sign, step by step as NumPy takes them;
// also a zero has its sign, which arctan2 can see.
function wholeQuotient(x, y) {
  if (y === 0) return [x / y, NaN];
  let rest = x % y;
  let quotient = (x - rest) / y;
  if (rest !== 0 && y < 0 !== rest < 0) {
    rest += y;
    quotient -= 1;
  }
  const floor = Math.floor(quotient);
  const whole = quotient - floor > 0.5 ? floor + 1 : floor;
  return [whole === 0 ? zeroLike(x / y) : whole, rest === 0 ? zeroLike(y) : rest];
}

function zeroLike(x) {
  return x < 0 || Object.is(x, -0) ? -0 : 0;
}

function roundHalfToEven(x) {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

// C's pow, which knows that 1 to any power and any power of nothing are 1; JavaScript's gives nan.
function powerOf(x, y) {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}

function sigmoidOf(x) {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const small = Math.exp(x);
  return small / (1 + small);
}

function logarithmOfSum(x, y) {
  if (x === y) return x + Math.LN2;
  const difference = x - y;
  return difference > 0 ? x + Math.log1p(Math.exp(-difference)) : y + Math.log1p(Math.exp(difference));
}

const primitives = {
  abs: Math.abs,
  arccos: Math.acos,
  arccosh: Math.acosh,
  arcsin: Math.asin,
  arcsinh: Math.asinh,
  arctan: Math.atan,
  arctan2: Math.atan2,
  arctanh: Math.atanh,
  cbrt: Math.cbrt,
  ceil: Math.ceil,
  clip(x, { min, max }) {
    const raised = min === null || x !== x ? x : Math.max(x, min);
    return max === null || x !== x ? raised : Math.min(raised, max);
  },
  cos: Math.cos,
  cosh: Math.cosh,
  elu(x, { alpha }) { return x > 0 ? x : alpha * Math.expm1(x); },
  erf: errorFunction,
  exp: Math.exp,
  exp2(x) { return Math.pow(2, x); },
  expm1: Math.expm1,
  floor: Math.floor,
  floor_divide(x, y) { return wholeQuotient(x, y)[0]; },
  gelu(x, { approximate }) {
    if (approximate !== 'tanh') return 0.5 * x * (1 + errorFunction(x * Math.SQRT1_2));
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  },
  hardtanh(x, { min_val, max_val }) { return x < min_val ? min_val : x > max_val ? max_val : x; },
  leaky_relu(x, { slope }) { return x > 0 ? x : slope * x; },
  log: Math.log,
  log10: Math.log10,
  log1p: Math.log1p,
  log2: Math.log2,
  log_sigmoid(x) { return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))); },
  logaddexp: logarithmOfSum,
  maximum(x, y) { return x >= y || x !== x ? x : y; },
  minimum(x, y) { return x <= y || x !== x ? x : y; },
  positive(x) { return x; },
  // the op refuses 0 to a negative power; in a derivative's formula it is infinity: see power
  pow(x, y) { return x === 0 && y < 0 && y !== -Infinity ? NaN : powerOf(x, y); },
  power: powerOf,
  reciprocal(x) { return 1 / x; },
  relu(x) { return x <= 0 ? 0 : x; },
  relu6(x) { return x < 0 ? 0 : x > 6 ? 6 : x; },
  remainder(x, y) { return wholeQuotient(x, y)[1]; },
  round(x, { decimals }) {
    const scale = Math.pow(10, Math.abs(decimals));
    return decimals < 0 ? roundHalfToEven(x / scale) * scale : roundHalfToEven(x * scale) / scale;
  },
  selu(x) {
    return 1.0507009873554804934193349852946 * (x > 0 ? x : 1.6732632423543772848170429916717 * Math.expm1(x));
  },
  sigmoid: sigmoidOf,
  sign: Math.sign,
  silu(x) { return x * sigmoidOf(x); },
  sin: Math.sin,
  sinc(x) { return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x); },
  sinh: Math.sinh,
  softplus(x, { beta }) {
    return x !== x ? x : Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(beta * x))) / beta;
  },
  softsign(x) { return x / (1 + Math.abs(x)); },
  sqrt: Math.sqrt,
  square(x) { return x * x; },
  tan: Math.tan,
  tanh: Math.tanh,
  where(test, yes, no) { return test != 0 ? yes : no; },
};
