// Contour lines on a sheet of points in rows, by marching squares, as narrow bands: lines of WebGL are one pixel wide.

import { cross, minus, unit } from "./vectors.js";

// 3Dmol draws with 16-bit indices; a piece of a line has four corners.
const PIECES_OF_MESH = 16000;

// values: at the points of `sheet` (plane.js), of anything monotone in what is drawn; cuts: ascending. Calls
// emit(which cut, x1, y1, z1, x2, y2, z2) for each piece of a line.
export function contourPieces({ columns, rows, vertices }, values, cuts, emit) {
  const corner = [0, 1, columns + 1, columns];
  const [ends, from] = [new Float64Array(12), new Int32Array(4)];
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      for (let k = 0; k < 4; k++) from[k] = row * columns + column + corner[k];
      const [a, b, c, d] = [values[from[0]], values[from[1]], values[from[2]], values[from[3]]];
      const [lowest, highest] = [Math.min(a, b, c, d), Math.max(a, b, c, d)];
      for (let which = 0; which < cuts.length; which++) {
        const cut = cuts[which];
        if (cut < lowest) continue;
        if (!(cut < highest)) break;
        let found = 0;
        for (let k = 0; k < 4; k++) {
          const [i, j] = [from[k], from[(k + 1) & 3]];
          if (values[i] > cut === values[j] > cut) continue;
          const t = (cut - values[i]) / (values[j] - values[i]);
          for (let axis = 0; axis < 3; axis++)
            ends[3 * found + axis] = vertices[3 * i + axis] + t * (vertices[3 * j + axis] - vertices[3 * i + axis]);
          found++;
        }
        const piece = (one, other) => emit(which, ends[one], ends[one + 1], ends[one + 2], ends[other], ends[other + 1], ends[other + 2]);
        if (found === 2) piece(0, 3);
        else if (found === 4) {
          // A saddle: the middle tells which opposite corners belong together.
          const joined = (a + b + c + d) / 4 > cut === a > cut;
          piece(0, joined ? 3 : 9);
          piece(joined ? 6 : 3, joined ? 9 : 6);
        }
      }
    }
}

// Bands of these half widths (angstrom) and colours, by cut, on a plane with this normal.
export function contourBands(sheet, values, cuts, normal, halfWidths, colors) {
  const meshes = [];
  let open = null;
  let pieces = 0;
  const close = () => {
    if (pieces)
      meshes.push({ vertices: open.vertices.slice(0, 12 * pieces), colors: open.colors.slice(0, 12 * pieces), faces: faces(pieces) });
    pieces = 0;
  };
  contourPieces(sheet, values, cuts, (which, x1, y1, z1, x2, y2, z2) => {
    open ??= { vertices: new Float32Array(12 * PIECES_OF_MESH), colors: new Float32Array(12 * PIECES_OF_MESH) };
    if (pieces === PIECES_OF_MESH) close();
    const [dx, dy, dz] = [x2 - x1, y2 - y1, z2 - z1];
    const half = halfWidths[which] / (Math.sqrt(dx * dx + dy * dy + dz * dz) || 1);
    const [sx, sy, sz] = [half * (dy * normal[2] - dz * normal[1]), half * (dz * normal[0] - dx * normal[2]), half * (dx * normal[1] - dy * normal[0])];
    open.vertices.set([x1 - sx, y1 - sy, z1 - sz, x1 + sx, y1 + sy, z1 + sz, x2 + sx, y2 + sy, z2 + sz, x2 - sx, y2 - sy, z2 - sz], 12 * pieces);
    for (let k = 0; k < 4; k++) open.colors.set(colors[which], 12 * pieces + 3 * k);
    pieces++;
  });
  close();
  return meshes;
}

function faces(pieces) {
  const indices = new Uint16Array(6 * pieces);
  for (let k = 0; k < pieces; k++) indices.set([4 * k, 4 * k + 1, 4 * k + 2, 4 * k, 4 * k + 2, 4 * k + 3], 6 * k);
  return indices;
}

// The band along a closed line of points.
export function outline(points, normal, halfWidth, color) {
  const [vertices, indices] = [[], []];
  points.forEach((point, k) => {
    const next = points[(k + 1) % points.length];
    const side = unit(cross(minus(next, point), normal)).map((x) => halfWidth * x);
    for (const [end, sign] of [[point, -1], [point, 1], [next, 1], [next, -1]])
      vertices.push(...end.map((x, axis) => x + sign * side[axis]));
    indices.push(...[0, 1, 2, 0, 2, 3].map((corner) => 4 * k + corner));
  });
  const colors = Float32Array.from({ length: vertices.length }, (_, k) => color[k % 3]);
  return { vertices: Float32Array.from(vertices), colors, faces: Uint16Array.from(indices) };
}
