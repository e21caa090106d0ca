// The electrostatic potential on its own, coarser grid, as core/density/potential_map.py makes it.

import { decodeField, valueOf } from "./field.js";

// Hartree. Where it is larger, electrons leave nuclei unscreened, and it rises as steeply as they are dense.
const STEEP = 0.08;

// values: Float32Array in the unit of the scene, NaN where there is none. The scale of the codes is in that unit, too.
export function decodePotential(buffer, perHartree) {
  const field = decodeField(buffer);
  const scaled = { ...field, knee: field.knee * perHartree, steep: STEEP * perHartree };
  const values = Float32Array.from(field.codes, (code) => (code === 0 && field.missing ? NaN : valueOf(scaled, code)));
  return { ...scaled, values };
}

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
// A level by this larger than the largest at the ends of the grid has its surface well within it; by this part of the
// deepest there is something to be seen of both signs.
const [ROOM, LEAST_ROOM, OF_DEEPEST] = [2, 1.05, 0.6];

// The largest |value| at the ends of its grid: the surface of a smaller one is cut off there.
export function largestAtEnds({ values, shape: [nx, ny, nz] }) {
  let largest = 0;
  for (let x = 0; x < nx; x++)
    for (let y = 0; y < ny; y++) {
      const inner = x > 0 && x < nx - 1 && y > 0 && y < ny - 1;
      for (let z = 0; z < nz; z += inner ? nz - 1 : 1) largest = Math.max(largest, Math.abs(values[(x * ny + y) * nz + z]));
    }
  return largest;
}

// A round level at which there are lobes of both signs, as far as there are such, and all of them closed.
export function startingLevel(field) {
  const ends = Math.max(largestAtEnds(field), 0.1);
  const deepest = -field.values.reduce((lowest, value) => (value < lowest ? value : lowest), 0);
  const wanted = Math.max(LEAST_ROOM * ends, Math.min(ROOM * ends, OF_DEEPEST * deepest));
  const power = 10 ** Math.floor(Math.log10(wanted));
  return Number((power * ROUND.find((n) => n * power >= wanted)).toPrecision(2));
}
