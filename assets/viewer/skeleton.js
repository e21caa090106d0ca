// Atoms as balls and bonds as sticks in one mesh, for files: on the screen 3Dmol draws them without any triangles.

import { frame } from "./arrows.js";

const SIDES = 12;
const BALL = ball(2);
// van der Waals, angstrom, as 3Dmol has them.
const RADII = { H: 1.2, C: 1.7, N: 1.55, O: 1.52, F: 1.47, P: 1.8, S: 1.8, Cl: 1.75, Br: 1.85, Na: 2.27, K: 2.75, Mg: 1.73 };
const OTHER_RADIUS = 1.7;

// atoms: as 3Dmol has them (elem, x, y, z, bonds). style: { stick: { radius }, sphere: { scale } }, either may be missing.
// colorOf(atom) -> #rrggbb.
export function skeleton(atoms, { stick, sphere }, colorOf) {
  const [vertices, normals, colors, faces] = [[], [], [], []];
  const add = (points, directions, triangles, color) => {
    const first = vertices.length / 3;
    points.forEach((point, k) => {
      vertices.push(...point);
      normals.push(...directions[k]);
      colors.push(...color);
    });
    for (const index of triangles) faces.push(first + index);
  };
  for (const atom of atoms) {
    const place = [atom.x, atom.y, atom.z];
    const color = channels(colorOf(atom));
    if (sphere || stick) {
      // Without a ball a stick has at least a round end.
      const radius = sphere ? sphere.scale * (RADII[atom.elem] ?? OTHER_RADIUS) : stick.radius;
      add(BALL.directions.map((n) => n.map((x, k) => place[k] + radius * x)), BALL.directions, BALL.faces, color);
    }
    // Each atom brings its half of a bond, in its own colour.
    for (const other of stick ? atom.bonds : []) {
      const { x, y, z } = atoms[other];
      const half = [x, y, z].map((end, k) => (end - place[k]) / 2);
      add(...tube(place, half, stick.radius), color);
    }
  }
  return {
    vertices: Float32Array.from(vertices), normals: Float32Array.from(normals), colors: Float32Array.from(colors),
    faces: Uint32Array.from(faces), values: null,
  };
}

// An open tube from `start` along `way`: its points, their normals, its triangles.
function tube(start, way, radius) {
  const length = Math.hypot(...way) || 1;
  const [side, up] = frame(way.map((x) => x / length));
  const [points, directions, faces] = [[], [], []];
  for (let k = 0; k < SIDES; k++) {
    const angle = (2 * Math.PI * k) / SIDES;
    const normal = side.map((x, axis) => Math.cos(angle) * x + Math.sin(angle) * up[axis]);
    for (const along of [0, 1]) {
      points.push(start.map((x, axis) => x + along * way[axis] + radius * normal[axis]));
      directions.push(normal);
    }
    const [low, next] = [2 * k, 2 * ((k + 1) % SIDES)];
    faces.push(low, next, next + 1, low, next + 1, low + 1);
  }
  return [points, directions, faces];
}

// Unit vectors and triangles of an octahedron whose triangles are cut in four so many times.
function ball(times) {
  const directions = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]];
  let faces = [0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5];
  const middles = new Map();
  const middle = (a, b) => {
    const key = Math.min(a, b) * 65536 + Math.max(a, b);
    if (!middles.has(key)) {
      const sum = directions[a].map((x, k) => x + directions[b][k]);
      const norm = Math.hypot(...sum);
      middles.set(key, directions.push(sum.map((x) => x / norm)) - 1);
    }
    return middles.get(key);
  };
  for (let round = 0; round < times; round++) {
    const finer = [];
    for (let k = 0; k < faces.length; k += 3) {
      const [a, b, c] = faces.slice(k, k + 3);
      const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
      finer.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
    }
    faces = finer;
  }
  return { directions, faces };
}

function channels(hex) {
  return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16) / 255);
}
