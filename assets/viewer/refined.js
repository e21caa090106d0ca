// A finer piece of a field where a person looks: which box, how it joins the coarse grid, and the surface of both. The
// box is made of whole cells of the coarse grid, each cut into `times` along an edge, so nothing gapes at its faces.

import { codeOf, linearValues, valueOf, withBlocks } from "./field.js";
import { isosurface } from "./surface.js";

const BOHR_IN_ANGSTROM = 0.529177210903;
// The surface of a finer grid no eye tells from this one's.
const FINE_ANGSTROM = 0.11;
// How far the box reaches, in half heights of what is seen: as far as the frame is wide, but not farther than the first
// of these; where that cannot be had the next, and so on. A box suffices for another view while it reaches most of the
// way there.
const REACHES = [1.7, 1.15, 0.9, 0.7];
const MOST_OF = 0.8;

// Whether anything finer is worth while.
export function canBeFiner(field) {
  return Math.round(field.step_angstrom / FINE_ANGSTROM) > 1;
}

// The box for a view { centre, half, across } (3, its half height and half width, angstrom): { from, to, times, reach },
// in cells of the coarse grid; reach in angstrom. Null where the coarse grid is fine enough, or nothing finer has at most
// `mostPoints` points.
export function boxFor(field, { centre, half, across }, mostPoints) {
  const finest = Math.round(field.step_angstrom / FINE_ANGSTROM);
  for (const share of REACHES) {
    const reach = Math.min(share * half, 1.1 * Math.max(half, across));
    const [from, to] = cellsWithin(field, centre, reach);
    if (from.some((low, axis) => low >= to[axis])) return null;
    for (let times = finest; times > 1; times--) {
      const box = { from, to, times, reach };
      if (shapeOf(box).reduce((product, n) => product * n) <= mostPoints) return box;
    }
  }
  return null;
}

// Whether `box` is as good for a view with this centre as `wanted`, which was made for it.
export function suffices(field, box, wanted, { centre }) {
  if (!box || box.times !== wanted.times) return false;
  const [from, to] = cellsWithin(field, centre, MOST_OF * wanted.reach);
  return from.every((low, axis) => box.from[axis] <= low && to[axis] <= box.to[axis]);
}

function cellsWithin({ origin_angstrom: origin, step_angstrom: step, shape }, centre, reach) {
  const cell = (axis, at, round) => Math.min(shape[axis] - 1, Math.max(0, round((at - origin[axis]) / step)));
  return [
    centre.map((at, axis) => cell(axis, at - reach, Math.floor)),
    centre.map((at, axis) => cell(axis, at + reach, Math.ceil)),
  ];
}

function shapeOf({ from, to, times }) {
  return from.map((low, axis) => (to[axis] - low) * times + 1);
}

// The points of a box, in bohr, as splat.js and tiles.js want them.
export function pointsOf(field, box) {
  const origin = field.origin_angstrom.map((at, axis) => (at + field.step_angstrom * box.from[axis]) / BOHR_IN_ANGSTROM);
  return { shape: shapeOf(box), origin_bohr: origin, step_bohr: field.step_angstrom / box.times / BOHR_IN_ANGSTROM };
}

// The coarse field with a hole where the box is, and what belongs there: of `codes` at the points of the box.
export function withRefined(field, box, codes) {
  const shape = shapeOf(box);
  blend(field, box, shape, codes);
  const refined = withBlocks({
    ...field,
    shape,
    codes,
    origin_angstrom: field.origin_angstrom.map((at, axis) => at + field.step_angstrom * box.from[axis]),
    step_angstrom: field.step_angstrom / box.times,
    scratch: null, coarse: null, values: null,
  });
  return { ...field, hole: box, refined };
}

// Within a coarse cell of a face that borders on coarse cells the codes go over into those between the coarse points:
// on the face both grids are cut along the same line. A signed field is cut among its values, so those are mixed.
function blend(field, { from, to, times }, shape, codes) {
  const [, ny, nz] = shape;
  const stride = [field.shape[1] * field.shape[2], field.shape[2], 1];
  const inner = from.map((low, axis) => [low > 0, to[axis] < field.shape[axis] - 1]);
  // How fine a point counts by its place along an axis: 0 on such a face, 1 from a coarse cell on.
  const shares = shape.map((n, axis) => Float64Array.from({ length: n }, (_, k) =>
    Math.min(1, inner[axis][0] ? k / times : 1, inner[axis][1] ? (n - 1 - k) / times : 1)));
  const cells = shape.map((n, axis) => Int32Array.from({ length: n }, (_, k) =>
    stride[axis] * Math.min(from[axis] + Math.floor(k / times), to[axis] - 1)));
  const inCell = shape.map((n) => Float64Array.from({ length: n }, (_, k) => (k === n - 1 ? 1 : (k % times) / times)));
  const [sx, sy] = stride;
  const { signed } = field;
  const c = signed ? linearValues(field) : field.codes;
  for (let x = 0; x < shape[0]; x++)
    for (let y = 0; y < ny; y++) {
      const shareXY = Math.min(shares[0][x], shares[1][y]);
      const [u, v] = [inCell[0][x], inCell[1][y]];
      for (let z = 0; z < nz; z++) {
        const share = Math.min(shareXY, shares[2][z]);
        if (share === 1) continue;
        const w = inCell[2][z];
        const at = cells[0][x] + cells[1][y] + cells[2][z];
        const low = (1 - v) * ((1 - w) * c[at] + w * c[at + 1]) + v * ((1 - w) * c[at + sy] + w * c[at + sy + 1]);
        const high = (1 - v) * ((1 - w) * c[at + sx] + w * c[at + sx + 1]) + v * ((1 - w) * c[at + sx + sy] + w * c[at + sx + sy + 1]);
        const i = (x * ny + y) * nz + z;
        const [fine, coarse] = [signed ? valueOf(field, codes[i]) : codes[i], (1 - u) * low + u * high];
        const mixed = share * fine + (1 - share) * coarse;
        codes[i] = Math.round(signed ? codeOf(field, mixed) : mixed);
      }
    }
}

// The surface of a field, and of what is refined in it.
export function surface(field, value) {
  const meshes = isosurface(field, value);
  return field.refined ? [...meshes, ...isosurface(field.refined, value)] : meshes;
}
