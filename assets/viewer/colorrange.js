// The colours of a surface that shows a second, signed field: the range that they span, which suits the surface until a
// person sets another, and the legend. A surface is meshes with `values` at their vertices, NaN where there is none.

import { numberIn } from "./numbers.js";
import { SIGNED_GRADIENT, SIGNED_STOPS } from "./palette.js";

export const RANGE_MARKUP = `<span class="range" hidden><label>Colours ± <input class="range-value" type="text" inputmode="decimal" size="4"></label>
      <button class="fit" type="button" title="The range that suits this surface">Fit</button></span>`;

export const RANGE_LEGEND_MARKUP = `
  <div class="legend range-legend" hidden>
    <div class="range-title"></div>
    <div class="bar range-bar"></div>
    <div class="ticks"><span class="range-low"></span><span>0</span><span class="range-high"></span></div>
    <div class="range-text"></div>
  </div>`;

const RANGES = [1, 1.5, 2, 3, 4, 5, 6, 8];
const LEAST = 1e-12;

export class ColorRange {
  // find(name): of an element that holds both markups. changed: called when a person sets the range.
  constructor(find, changed) {
    Object.assign(this, { find, limit: null });
    find("range-bar").style.background = SIGNED_GRADIENT;
    find("range-value").addEventListener("change", (event) => {
      const value = numberIn(event.target);
      if (value > 0) this.limit = value;
      changed();
    });
    find("fit").addEventListener("click", () => {
      this.limit = null;
      changed();
    });
  }

  // quantity: what the second field is, at the beginning of a sentence. In files: name, word, what its values are called
  // there, and unitOfFiles.
  setQuantity({ quantity, unit, name, word, unitOfFiles = unit }) {
    this.inFiles = { word, values: `${name}, ${unitOfFiles}` };
    this.find("range-title").textContent = `${quantity}, ${unit}`;
    for (const label of ["title", "ariaLabel"]) this.find("range-value")[label] = `${quantity} of full red and full blue, ${unit}`;
  }

  // Where red and blue are full on this surface; what the legend says of it.
  fitted(meshes) {
    // Where there is nothing to be coloured any range will do, until there is.
    this.limit ??= suitableRange(meshes);
    const limit = plain(this.limit ?? 1);
    this.find("range-value").value = limit;
    this.find("range-low").textContent = `−${limit}`;
    this.find("range-high").textContent = `+${limit}`;
    const found = extremes(meshes);
    this.find("range-text").textContent = found ? `surface: ${found.map(signedNumber).join(" to ")}` : "";
    return this.limit ?? 1;
  }

  show(shown, legend = shown) {
    this.find("range").hidden = !shown;
    this.find("range-legend").hidden = !legend;
  }

  // Colours, and lines of words, for a picture that is kept.
  get printed() {
    const text = (name) => this.find(`range-${name}`).textContent;
    return [SIGNED_STOPS, [`${text("title")}: ${text("low")} to ${text("high")}`, text("text")]];
  }
}

// Lowest and highest of the values at the vertices; null where there is none at all.
function extremes(meshes) {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const { values } of meshes)
    for (const value of values) {
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
  return lowest <= highest ? [lowest, highest] : null;
}

// The |value| that 95 % of the area of the surface is within, rounded up; null as above.
function suitableRange(meshes) {
  const parts = [];
  let whole = 0;
  for (const { vertices, faces, values } of meshes)
    for (let k = 0; k < faces.length; k += 3) {
      const [a, b, c] = [faces[k], faces[k + 1], faces[k + 2]];
      const value = Math.abs(values[a] + values[b] + values[c]) / 3;
      if (Number.isNaN(value)) continue;
      const area = areaOf(vertices, a, b, c);
      whole += area;
      parts.push([value, area]);
    }
  if (!parts.length) return null;
  parts.sort((one, other) => one[0] - other[0]);
  let sum = 0;
  return niceRange((parts.find(([, area]) => (sum += area) >= 0.95 * whole) ?? parts.at(-1))[0]);
}

function areaOf(vertices, a, b, c) {
  const edge = (from, to) => [0, 1, 2].map((k) => vertices[3 * to + k] - vertices[3 * from + k]);
  const [p, q] = [edge(a, b), edge(a, c)];
  return 0.5 * Math.hypot(p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]);
}

function niceRange(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, LEAST)));
  return power * (RANGES.find((n) => n * power >= most) ?? 10);
}

// As it can be typed.
function plain(value) {
  const rounded = Number(value.toPrecision(3));
  return rounded < 0.001 ? rounded.toExponential() : String(rounded);
}

function signedNumber(value) {
  const size = Math.abs(value);
  const digits = size >= 10 ? size.toFixed(0) : size >= 1 ? size.toFixed(1) : size >= 0.001 ? size.toPrecision(2) : size ? size.toExponential(1) : "0";
  return `${value < 0 ? "−" : "+"}${digits}`;
}
