// Electrons that a signed field has displaced: half of the integral of its absolute value, which counts each once, where
// it left and where it came to. And what part of them the lobes beyond a level hold. From the grid of the field.

import { codeOf, valueOf } from "./field.js";

const BOHR_IN_ANGSTROM = 0.529177210903;

// { electrons, share(level) }; level in e/bohr^3.
export function displaced(field) {
  const half = 32768;
  // Codes of v and -v are as far from the middle of all codes.
  const counts = new Float64Array(half);
  for (const code of field.codes) counts[code < half ? half - 1 - code : code - half]++;
  const volume = (field.step_angstrom / BOHR_IN_ANGSTROM) ** 3;
  // Beyond each distance from the middle.
  const beyond = new Float64Array(half + 1);
  for (let k = half - 1; k >= 0; k--) beyond[k] = beyond[k + 1] + 0.5 * volume * counts[k] * Math.abs(valueOf(field, half + k));
  const share = (level) => beyond[Math.min(half, Math.max(0, Math.ceil(codeOf(field, level) - half)))] / (beyond[0] || 1);
  return { electrons: beyond[0], share };
}
