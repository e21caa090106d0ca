// Unnormalised real solid harmonics s_lm as polynomials, by the recursion of core/gaussian/cartesian.py: s_l(+-m) are
// the real and imaginary parts of Q_lm (x + iy)^m, (l-m) Q_lm = (2l-1) z Q_(l-1)m - (l+m-1) r^2 Q_(l-2)m, Q_mm = (2m-1)!!.

// A homogeneous polynomial: Map from "i j" to the factor of x^i y^j z^(degree-i-j).
const ONE = new Map([["0 0", 1]]);
const X = new Map([["1 0", 1]]);
const Y = new Map([["0 1", 1]]);
const Z = new Map([["0 0", 1]]);
const R2 = new Map([["2 0", 1], ["0 2", 1], ["0 0", 1]]);

function times(one, other) {
  const product = new Map();
  for (const [a, p] of one)
    for (const [b, q] of other) {
      const key = powers(a).map((power, k) => power + powers(b)[k]).join(" ");
      product.set(key, (product.get(key) ?? 0) + p * q);
    }
  return product;
}

function sum(one, other, a, b) {
  const total = new Map([...one].map(([key, factor]) => [key, a * factor]));
  for (const [key, factor] of other) total.set(key, (total.get(key) ?? 0) + b * factor);
  return total;
}

function powers(key) {
  return key.split(" ").map(Number);
}

const known = new Map();

// [[i, j, factor], ...] of x^i y^j z^(l-i-j) for each m = -l..l.
export function solidHarmonics(l) {
  if (!known.has(l)) known.set(l, Array.from({ length: 2 * l + 1 }, (_, k) => termsOf(l, k - l)));
  return known.get(l);
}

function termsOf(l, signed) {
  const m = Math.abs(signed);
  let [cosine, sine, doubleFactorial] = [ONE, new Map(), 1];
  for (let k = 1; k <= m; k++) {
    [cosine, sine] = [sum(times(X, cosine), times(Y, sine), 1, -1), sum(times(X, sine), times(Y, cosine), 1, 1)];
    doubleFactorial *= 2 * k - 1;
  }
  let [lower, polynomial] = [new Map(), new Map([["0 0", doubleFactorial]])];
  for (let k = m + 1; k <= l; k++)
    [lower, polynomial] = [polynomial, sum(times(Z, polynomial), times(R2, lower), (2 * k - 1) / (k - m), -(k + m - 1) / (k - m))];
  const product = times(polynomial, signed < 0 ? sine : cosine);
  return [...product].filter(([, factor]) => factor).map(([key, factor]) => [...powers(key), factor]);
}
