// Forces in words: the legend of the arrows and the line of one atom. meV/angstrom.

import { MAGNITUDE_GRADIENT } from "./palette.js";
import { fullName, residueOf } from "./residues.js";

export const FORCE_LEGEND_MARKUP = `
  <div class="legend" hidden>
    <div class="legend-title"></div>
    <div class="bar"></div>
    <div class="ticks"><span class="low">0</span><span class="high"></span></div>
    <div class="scale"><span class="scale-text"></span></div>
    <div class="count"></div>
  </div>`;

const NICE = [5, 2, 1];

// The force whose arrow is drawn at full length, and the end of the colours: the largest, unless one atom in fifty or
// fewer has far larger ones than the rest, beside which the rest would not be seen.
const REST = 0.98;
const FAR_LARGER = 2;

export function fullLength(forces) {
  const sizes = magnitudes(forces).sort((a, b) => a - b);
  if (!sizes.length) return 0;
  const largest = sizes.at(-1);
  const ofRest = FAR_LARGER * sizes[Math.ceil(REST * sizes.length) - 1];
  return ofRest > 0 ? Math.min(largest, ofRest) : largest;
}

function magnitudes(forces) {
  return Array.from({ length: (forces?.length ?? 0) / 3 }, (_, k) => Math.hypot(forces[3 * k], forces[3 * k + 1], forces[3 * k + 2]));
}

// How many are of this size or larger, and of how many.
export function countAbove(forces, least) {
  const sizes = magnitudes(forces);
  return [sizes.filter((size) => size >= least).length, sizes.length];
}

// Within a sentence; `DFT` stays as it is.
export function inSentence(arrows) {
  return /^[A-Z][a-z]/.test(arrows) ? `${arrows[0].toLowerCase()}${arrows.slice(1)}` : arrows;
}

// The force whose arrow is 1 angstrom long: the nice number that makes the largest arrow 0.9 to 2.3 angstrom.
export function forcePerAngstrom(largest) {
  if (!largest) return 1;
  const most = largest / 0.9;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * NICE.find((n) => n * power <= most);
}

// root: an element that holds FORCE_LEGEND_MARKUP. forces: flat (3 n), or null. unit: force of an arrow of 1 angstrom.
// full: whose arrow has the full length. note: of that scale.
export function showForceLegend(root, arrows, forces, unit, { full = fullLength(forces), note = "" } = {}) {
  const find = (name) => root.querySelector(`.${name}`);
  find("bar").style.background = MAGNITUDE_GRADIENT;
  const shown = forces ? full : 0;
  const longer = magnitudes(forces).filter((size) => size > shown * (1 + 1e-6)).length;
  find("legend").hidden = !shown;
  find("legend-title").textContent = `${arrows[0].toUpperCase()}${arrows.slice(1)}, meV/Å`;
  find("high").textContent = `${longer ? "≥ " : ""}${Math.round(shown).toLocaleString("en")}`;
  find("scale-text").textContent = `arrow of 1 Å: ${Number(unit.toPrecision(2)).toLocaleString("en")} meV/Å${note}`
    + `${longer ? `; ${longer} cut short` : ""}`;
}

// index: of an atom of the scene.
export function atomText(scene, index, forces, arrows) {
  const { elements, free_ions: freeIons } = scene;
  const named = residueOf(scene, index) === undefined ? "" : `, ${fullName(scene, index)}`;
  const atom = `Atom ${index + 1}, ${elements[index]}${named}`;
  if (!forces) return atom;
  if (index >= elements.length - freeIons) return `${atom}: a free ion as it is alone, not predicted`;
  const force = forces.slice(3 * index, 3 * index + 3);
  const parts = force.map((x) => x.toFixed(0).replace("-", "−")).join(", ");
  return `${atom}: ${arrows} ${Math.hypot(...force).toFixed(0)} meV/Å  (${parts})`;
}
