// Colours of a surface by the atoms beneath it: at each vertex that of the nearest atom, mixed over a short way with those
// that are about as near.

import { rgb } from "./palette.js";

// Angstrom. Atoms farther than the nearest by several times this do not count.
const MIXED_OVER = 0.25;
const FARTHER = 4 * MIXED_OVER;
// No vertex of a usual surface is farther from its nearest atom; where one is, all atoms are looked at.
const CELL = 3.5;

// vertices, positions: 3 floats each, angstrom. colors: #rrggbb of each atom. Three floats for each vertex.
export function colorsBeneath(vertices, positions, colors) {
  const parts = colors.map(rgb);
  const cells = cellsOf(positions);
  const all = Int32Array.from(parts, (_, atom) => atom);
  const found = new Float32Array(vertices.length);
  const distances = new Float64Array(parts.length);
  for (let k = 0; k < vertices.length; k += 3) {
    let atoms = cells.around(vertices[k], vertices[k + 1], vertices[k + 2]);
    let nearest = measure(distances, vertices, k, positions, atoms);
    if (nearest + FARTHER > CELL) nearest = measure(distances, vertices, k, positions, (atoms = all));
    let [whole, red, green, blue] = [0, 0, 0, 0];
    for (const atom of atoms) {
      const farther = distances[atom] - nearest;
      if (farther > FARTHER) continue;
      const share = Math.exp(-farther / MIXED_OVER);
      const color = parts[atom];
      whole += share;
      red += share * color[0];
      green += share * color[1];
      blue += share * color[2];
    }
    found[k] = red / whole;
    found[k + 1] = green / whole;
    found[k + 2] = blue / whole;
  }
  return found;
}

// Puts down how far `atoms` are from the vertex at k, and returns how far the nearest is.
function measure(distances, vertices, k, positions, atoms) {
  let nearest = Infinity;
  for (const atom of atoms) {
    const x = positions[3 * atom] - vertices[k];
    const y = positions[3 * atom + 1] - vertices[k + 1];
    const z = positions[3 * atom + 2] - vertices[k + 2];
    const distance = Math.sqrt(x * x + y * y + z * z);
    distances[atom] = distance;
    if (distance < nearest) nearest = distance;
  }
  return nearest;
}

// The atoms in the cell of a place and in those about it, found once for each cell.
function cellsOf(positions) {
  const filled = new Map();
  const key = (x, y, z) => `${x} ${y} ${z}`;
  const cell = (x) => Math.floor(x / CELL);
  for (let atom = 0; 3 * atom < positions.length; atom++) {
    const name = key(...[0, 1, 2].map((axis) => cell(positions[3 * atom + axis])));
    if (!filled.has(name)) filled.set(name, []);
    filled.get(name).push(atom);
  }
  const found = new Map();
  let [lastX, lastY, lastZ, last] = [NaN, NaN, NaN, null];
  return {
    around(x, y, z) {
      [x, y, z] = [cell(x), cell(y), cell(z)];
      // Neighbouring vertices mostly lie in one cell.
      if (x === lastX && y === lastY && z === lastZ) return last;
      [lastX, lastY, lastZ] = [x, y, z];
      const name = key(x, y, z);
      if (!found.has(name)) {
        const atoms = [];
        for (let i = x - 1; i <= x + 1; i++)
          for (let j = y - 1; j <= y + 1; j++)
            for (let l = z - 1; l <= z + 1; l++) atoms.push(...(filled.get(key(i, j, l)) ?? []));
        found.set(name, Int32Array.from(atoms));
      }
      return (last = found.get(name));
    },
  };
}
