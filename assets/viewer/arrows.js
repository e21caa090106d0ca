// Force arrows of all atoms as meshes: an eight-sided shaft and a cone each, in chunks that 16-bit indices can reach.

import { cross } from "./vectors.js";

const SIDES = 8;
const VERTICES = 5 * SIDES + 1;
const PER_CHUNK = Math.floor(65000 / VERTICES);

// positions, forces: flat (3 n); angstromPerUnit: length of the arrow of a unit force; colorOf(magnitude) -> [r, g, b];
// least: smaller forces have no arrow; full: the arrows of larger ones are as long as its own.
export function arrowMeshes(positions, forces, angstromPerUnit, colorOf, least = 0, full = Infinity) {
  const drawn = [];
  for (let atom = 0; 3 * atom < positions.length; atom++) {
    const force = forces.slice(3 * atom, 3 * atom + 3);
    const magnitude = Math.hypot(...force);
    if (magnitude >= least && magnitude * angstromPerUnit > 0.02) drawn.push({ atom, force, magnitude });
  }
  const meshes = [];
  for (let start = 0; start < drawn.length; start += PER_CHUNK)
    meshes.push(chunk(positions, drawn.slice(start, start + PER_CHUNK), angstromPerUnit, colorOf, full));
  return meshes;
}

function chunk(positions, arrows, angstromPerUnit, colorOf, full) {
  const vertices = [];
  const normals = [];
  const colors = [];
  const faces = [];
  for (const { atom, force, magnitude } of arrows) {
    const length = Math.min(magnitude, full) * angstromPerUnit;
    const direction = force.map((x) => x / magnitude);
    const [side, up] = frame(direction);
    const head = Math.min(0.36, 0.5 * length);
    // Thicker than the sticks of the bonds, as a force along a bond would else be hidden in it.
    const radius = Math.min(0.1, 0.15 * length + 0.02);
    const color = colorOf(magnitude);
    const origin = positions.slice(3 * atom, 3 * atom + 3);
    const at = (along, across, angle) =>
      [0, 1, 2].map((k) => origin[k] + along * direction[k]
        + across * (Math.cos(angle) * side[k] + Math.sin(angle) * up[k]));
    const add = (point, normal) => {
      vertices.push(...point);
      normals.push(...normal);
      colors.push(...color);
      return vertices.length / 3 - 1;
    };
    const radial = (angle, lift) => {
      const n = [0, 1, 2].map((k) => Math.cos(angle) * side[k] + Math.sin(angle) * up[k] + lift * direction[k]);
      const norm = Math.hypot(...n);
      return n.map((x) => x / norm);
    };
    const back = direction.map((x) => -x);
    const [low, high, rim, slope, tips] = [[], [], [], [], []];
    const neck = length - head;
    for (let k = 0; k < SIDES; k++) {
      const angle = (2 * Math.PI * k) / SIDES;
      low.push(add(at(0, radius, angle), radial(angle, 0)));
      high.push(add(at(neck, radius, angle), radial(angle, 0)));
      rim.push(add(at(neck, 2.3 * radius, angle), back));
      slope.push(add(at(neck, 2.3 * radius, angle), radial(angle, (2.3 * radius) / head)));
      tips.push(add(at(length, 0, 0), radial(angle + Math.PI / SIDES, (2.3 * radius) / head)));
    }
    const centre = add(at(neck, 0, 0), back);
    for (let k = 0; k < SIDES; k++) {
      const n = (k + 1) % SIDES;
      faces.push(low[k], low[n], high[n], low[k], high[n], high[k]);
      faces.push(centre, rim[n], rim[k], slope[k], slope[n], tips[k]);
    }
  }
  return {
    vertices: Float32Array.from(vertices),
    normals: Float32Array.from(normals),
    colors: Float32Array.from(colors),
    faces: Uint16Array.from(faces),
  };
}

// Two unit vectors across a direction.
export function frame(direction) {
  const other = Math.abs(direction[0]) < 0.8 ? [1, 0, 0] : [0, 1, 0];
  const side = cross(direction, other);
  const norm = Math.hypot(...side);
  const unit = side.map((x) => x / norm);
  return [unit, cross(direction, unit)];
}
