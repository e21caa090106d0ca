// The electrostatic potential on its own, coarser grid, as core/density/potential_map.py makes it.

import { decodeCodes, valueOf } from "./field.js";

// values: Float32Array in the unit of the scene, NaN where there is none.
export function decodePotential(buffer, perHartree) {
  const field = decodeCodes(buffer);
  const values = Float32Array.from(field.codes, (code) =>
    (code === 0 && field.missing ? NaN : perHartree * valueOf(field, code)));
  return { ...field, codes: null, values };
}
