// Colours, as [r, g, b] of 0..1, and the elements' colours as CSS. Chosen to hold on a light and a dark ground.

const MAGNITUDE = [[0.98, 0.76, 0.26], [0.93, 0.42, 0.16], [0.82, 0.14, 0.3], [0.62, 0.06, 0.42]];

export const SURFACE = {
  light: { density: [0.16, 0.55, 0.72], more: [0.13, 0.45, 0.8], less: [0.87, 0.37, 0.2] },
  dark: { density: [0.36, 0.76, 0.92], more: [0.35, 0.62, 0.98], less: [0.98, 0.52, 0.32] },
};

export const ELEMENTS = {
  H: "#e3e7ea", C: "#5b646d", N: "#3f62d8", O: "#d8352a", F: "#6cc24a", P: "#e07b1a", S: "#d9b21c", Cl: "#3fae49",
};
export const OTHER_ELEMENT = "#b05ccf";

export function magnitudeColor(share) {
  const x = Math.min(1, Math.max(0, share)) * (MAGNITUDE.length - 1);
  const k = Math.min(MAGNITUDE.length - 2, Math.floor(x));
  return MAGNITUDE[k].map((low, channel) => low + (x - k) * (MAGNITUDE[k + 1][channel] - low));
}

export function css(color) {
  return `rgb(${color.map((x) => Math.round(255 * x)).join(" ")})`;
}

export const MAGNITUDE_GRADIENT = `linear-gradient(90deg, ${MAGNITUDE.map(css).join(", ")})`;

// Of a CSS colour as getComputedStyle gives it, #rrggbb or rgb(r, g, b).
export function isDark(color) {
  const hex = /^#([0-9a-f]{6})/i.exec(color)?.[1];
  const channels = hex ? [0, 2, 4].map((k) => parseInt(hex.slice(k, k + 2), 16)) : (color.match(/[\d.]+/g) ?? []).map(Number);
  const [r = 255, g = 255, b = 255] = channels;
  return 0.3 * r + 0.6 * g + 0.1 * b < 110;
}
