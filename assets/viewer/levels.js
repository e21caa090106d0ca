// The level slider. For a density it is linear in the number of nines of the enclosed share (0.30 to 0.999), from the
// curve that the quadrature grid gives; for a difference, which encloses nothing, it is linear in the logarithm.

import { codeOf } from "./field.js";

export function enclosedScale({ levels, enclosed }, electrons) {
  const logs = levels.map(Math.log);
  const shareAt = (level) => interpolate(logs, enclosed, Math.log(level)) / electrons;
  const levelAt = (share) => {
    const sought = share * electrons;
    let k = 1;
    while (k < enclosed.length - 1 && enclosed[k] > sought) k++;
    const span = enclosed[k - 1] - enclosed[k] || 1;
    const t = Math.min(1, Math.max(0, (enclosed[k - 1] - sought) / span));
    return Math.exp(logs[k - 1] + t * (logs[k] - logs[k - 1]));
  };
  const nines = (share) => -Math.log10(1 - Math.min(0.9999, Math.max(0, share)));
  return {
    minimum: nines(0.3), maximum: nines(0.999), step: 0.002,
    toLevel: (position) => levelAt(1 - 10 ** -position),
    toPosition: (level) => nines(shareAt(level)),
    share: shareAt,
    atShare: levelAt,
  };
}

// largest: of |value|, e/bohr^3. displaced: electrons, and the share of them beyond a level (displaced.js).
export function logarithmicScale(largest, displaced = null) {
  return {
    minimum: -3, maximum: -0.02, step: 0.005,
    toLevel: (position) => largest * 10 ** (-3.02 - position),
    toPosition: (level) => -3.02 - Math.log10(level / largest),
    share: null, displaced,
  };
}

function interpolate(xs, ys, x) {
  if (x <= xs[0]) return ys[0];
  let k = 1;
  while (k < xs.length - 1 && xs[k] < x) k++;
  const t = Math.min(1, (x - xs[k - 1]) / (xs[k] - xs[k - 1]));
  return ys[k - 1] + t * (ys[k] - ys[k - 1]);
}

// The smallest of a density: its curve begins there (core/density/levels.py), and beneath it a surface is its grid's.
const SMALLEST = 1e-6;

// The level nearest to this one at which `field`, whose largest |value| is `largest`, can be cut.
export function possibleLevel(field, level, largest) {
  if (!field.signed) level = Math.max(level, SMALLEST);
  const code = codeOf(field, level);
  return code > 0 && code < 65535 ? level : Math.min(Math.max(level, field.knee), largest);
}

export function formatLevel(level) {
  return level >= 0.001 ? Number(level.toPrecision(3)).toString() : level.toExponential(2);
}
