// How values become colours and lines on a slice: logarithmic, and for a signed field so on both sides of zero, where
// all that is smaller than the first line has the colour of nothing. Lines stand at decades and half decades. e/bohr^3,
// or the unit of what is no density.

import { css, planeColor } from "./palette.js";

export const SLICE_UNIT = "e/a₀³";
// From the outermost reach of a molecule to the cores.
const DENSITY = { low: 1e-4, high: 10 };
const SIGNED_DECADES = 3;
const SHADES = 256;

// level: where the surface of a signed field starts, which is about the size of what there is to see.
export function sliceScale(signed, level, dark, signedDecades = SIGNED_DECADES) {
  const high = signed ? 10 ** Math.round(Math.log10(5 * level)) : DENSITY.high;
  const low = signed ? high / 10 ** signedDecades : DENSITY.low;
  const decades = Math.log10(high / low);
  const depth = (size) => Math.min(1, Math.max(0, Math.log10(size / low) / decades));
  const shareOf = (value) => (signed ? 0.5 + 0.5 * Math.sign(value) * depth(Math.abs(value)) : value > 0 ? depth(value) : 0);
  const shades = Array.from({ length: SHADES + 1 }, (_, k) => planeColor(signed, dark, k / SHADES));
  const colorOf = (value) => shades[Math.round(SHADES * shareOf(value))];
  const sizes = Array.from({ length: Math.round(2 * decades) + 1 }, (_, k) => low * 10 ** (k / 2));
  const lines = sizes.map((size, k) => ({ value: size, decade: k % 2 === 0 }));
  if (signed) lines.unshift(...lines.map((line) => ({ ...line, value: -line.value })).reverse());
  for (const line of lines) line.color = inkOn(colorOf(line.value));
  return { signed, low, high, lines, colorOf, shareOf, stops: Array.from({ length: 13 }, (_, k) => css(planeColor(signed, dark, k / 12))) };
}

// A line must be told from what it lies on, and not hide it: darker on what is light, lighter on what is dark.
function inkOn(color) {
  const light = 0.3 * color[0] + 0.6 * color[1] + 0.1 * color[2];
  return color.map((channel) => (light > 0.4 ? 0.45 * channel : 0.5 + 0.5 * channel));
}

// Marks of the legend: [{ text, share }].
export function marks({ signed, low, high, shareOf }) {
  const inner = high / 10;
  const values = signed ? [-high, -inner, 0, inner, high] : [low, 1e-3, 1e-2, 0.1, 1, high];
  return values.map((value) => ({ text: power(value), share: shareOf(value) }));
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// A power of ten as it is written, or 0.
function power(value) {
  if (value === 0) return "0";
  const sign = value < 0 ? "−" : "";
  const exponent = Math.round(Math.log10(Math.abs(value)));
  if (exponent >= -1 && exponent <= 1) return sign + String(10 ** exponent);
  return `${sign}10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[digit]).join("")}`;
}
