// The electrostatic potential on its own, coarser grid, as core/density/potential_map.py makes it: what its values
// on a surface are, and the range of colours that suits them.

import { decodeCodes, valueOf } from "./field.js";

const RANGES = [1, 1.5, 2, 3, 4, 5, 6, 8];

// values: Float32Array in the unit of the scene, NaN where there is none.
export function decodePotential(buffer, perHartree) {
  const field = decodeCodes(buffer);
  const values = Float32Array.from(field.codes, (code) =>
    (code === 0 && field.missing ? NaN : perHartree * valueOf(field, code)));
  return { ...field, codes: null, values };
}

// Lowest and highest of the values at the vertices; null where there is none at all.
export function extremes(meshes) {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const { values } of meshes)
    for (const value of values) {
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
  return lowest <= highest ? [lowest, highest] : null;
}

// The range of colours that suits a surface: the |value| that 95 % of its area is within, rounded up; null as above.
export function suitableRange(meshes) {
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
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-3)));
  return power * (RANGES.find((n) => n * power >= most) ?? 10);
}
