// Colours, as [r, g, b] of 0..1, and the elements' colours as CSS. Chosen to hold on a light and a dark ground.

const MAGNITUDE = [[0.98, 0.76, 0.26], [0.93, 0.42, 0.16], [0.82, 0.14, 0.3], [0.62, 0.06, 0.42]];

// Red, white, blue of ColorBrewer (RdBu), which people who do not tell red from green can read.
const DIVERGING = [
  [0.7, 0.09, 0.17], [0.84, 0.38, 0.3], [0.96, 0.65, 0.51], [0.99, 0.86, 0.78], [0.97, 0.97, 0.97],
  [0.82, 0.9, 0.94], [0.57, 0.77, 0.87], [0.26, 0.58, 0.76], [0.13, 0.4, 0.67],
];
// The same for a dark ground, on which white would be the strongest of all: dark in the middle.
const DIVERGING_DARK = [
  [1, 0.83, 0.7], [0.97, 0.56, 0.38], [0.66, 0.28, 0.18], [0.32, 0.16, 0.14], [0.11, 0.13, 0.15],
  [0.12, 0.22, 0.36], [0.17, 0.39, 0.68], [0.43, 0.67, 0.96], [0.8, 0.91, 1],
];
// Green to blue of ColorBrewer (GnBu), and beyond: even in lightness, from little to much on a light ground.
const SEQUENTIAL = [
  [0.97, 0.99, 0.94], [0.88, 0.95, 0.86], [0.8, 0.92, 0.77], [0.66, 0.87, 0.71], [0.48, 0.8, 0.77],
  [0.31, 0.7, 0.83], [0.17, 0.55, 0.75], [0.03, 0.41, 0.67], [0.03, 0.25, 0.51], [0.02, 0.12, 0.3],
];
const UNKNOWN = [0.6, 0.6, 0.6];

export const SURFACE = {
  light: { density: [0.16, 0.55, 0.72], more: [0.13, 0.45, 0.8], less: [0.87, 0.37, 0.2] },
  dark: { density: [0.36, 0.76, 0.92], more: [0.35, 0.62, 0.98], less: [0.98, 0.52, 0.32] },
};
// A density among lobes of two colours, and what is drawn beside a first surface. Blue and yellow, blue and orange, green
// and purple are told apart with all kinds of colour vision.
export const SECOND = {
  light: {
    glass: [0.6, 0.64, 0.68], density: [0.94, 0.71, 0.16], formation: SURFACE.light,
    potential: { more: [0.1, 0.32, 0.74], less: [0.78, 0.12, 0.2] }, apart: { more: [0.04, 0.52, 0.36], less: [0.55, 0.24, 0.68] },
  },
  dark: {
    glass: [0.66, 0.7, 0.75], density: [0.98, 0.79, 0.3], formation: SURFACE.dark,
    potential: { more: [0.36, 0.58, 1], less: [0.98, 0.36, 0.38] }, apart: { more: [0.24, 0.78, 0.58], less: [0.78, 0.5, 0.92] },
  },
};

export const ELEMENTS = {
  H: "#e3e7ea", C: "#5b646d", N: "#3f62d8", O: "#d8352a", F: "#6cc24a", P: "#e07b1a", S: "#d9b21c", Cl: "#3fae49",
};
export const OTHER_ELEMENT = "#b05ccf";
export const PICKED = "#12b886";

export function magnitudeColor(share) {
  return between(MAGNITUDE, share);
}

const SHADES = 256;
const SIGNED = Array.from({ length: SHADES + 1 }, (_, k) => between(DIVERGING, k / SHADES));

// Three floats for each value: red at -range and below, blue at range and above, grey where there is no value.
export function signedColors(values, range) {
  const colors = new Float32Array(3 * values.length);
  for (let k = 0; k < values.length; k++) {
    const share = Math.min(1, Math.max(-1, values[k] / range));
    colors.set(Number.isNaN(share) ? UNKNOWN : SIGNED[Math.round((SHADES * (share + 1)) / 2)], 3 * k);
  }
  return colors;
}

// share: 0 to 1; of one sign from little to much, and signed from less to more. What is nearest to nothing is nearest
// to the ground.
export function planeColor(signed, dark, share) {
  if (signed) return between(dark ? DIVERGING_DARK : DIVERGING, share);
  return between(SEQUENTIAL, dark ? 1 - share : share);
}

export function between(colors, share) {
  const x = Math.min(1, Math.max(0, share)) * (colors.length - 1);
  const k = Math.min(colors.length - 2, Math.floor(x));
  return colors[k].map((low, channel) => low + (x - k) * (colors[k + 1][channel] - low));
}

export function css(color) {
  return `rgb(${color.map((x) => Math.round(255 * x)).join(" ")})`;
}

// As 3Dmol reads it.
export function hex(color) {
  return `#${color.map((x) => Math.round(255 * x).toString(16).padStart(2, "0")).join("")}`;
}

// Of #rrggbb.
export function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
}

export const MAGNITUDE_STOPS = MAGNITUDE.map(css);
export const MAGNITUDE_GRADIENT = `linear-gradient(90deg, ${MAGNITUDE_STOPS.join(", ")})`;
export const SIGNED_STOPS = DIVERGING.map(css);
export const SIGNED_GRADIENT = `linear-gradient(90deg, ${SIGNED_STOPS.join(", ")})`;

// Of a CSS colour as getComputedStyle gives it, #rrggbb or rgb(r, g, b).
export function isDark(color) {
  const hex = /^#([0-9a-f]{6})/i.exec(color)?.[1];
  const channels = hex ? [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16)) : (color.match(/[\d.]+/g) ?? []).map(Number);
  const [r = 255, g = 255, b = 255] = channels;
  return 0.3 * r + 0.6 * g + 0.1 * b < 110;
}
