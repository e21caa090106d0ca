// The density on a box of points from its coefficients, by the processor: what splat.js does, where that cannot or would
// be slower. As in core/density/grid.py a shell is a sum of outer products, functions of x times functions of (y, z);
// of each tile the shells that reach it become rows of two matrices, and the tile is their product.

import { distanceOutside, reaching } from "./coefficients.js";
import { solidHarmonics } from "./harmonics.js";

const TILE = 16;
const PLANE = TILE * TILE;
// Rows at a time, a multiple of four: what is multiplied should stay in cache.
const ROWS = 64;
const NOTHING = 1e-30;
// So often a worker listens whether it should stop.
const SLICE_MILLISECONDS = 30;

export class Tiler {
  constructor() {
    this.left = new Float64Array(ROWS * TILE);
    this.right = new Float64Array(ROWS * PLANE);
    this.tile = new Float64Array(TILE * PLANE);
    this.rows = 0;
  }

  // As of splat.js.
  async evaluate(coefficients, box, scale, stop = () => false) {
    const { shape, step_bohr: step } = box;
    const [nx, ny, nz] = shape;
    const codes = new Uint16Array(nx * ny * nz);
    this.rows = 0;
    let heard = performance.now();
    const stopped = async () => {
      if (performance.now() - heard < SLICE_MILLISECONDS) return false;
      await new Promise((resolve) => setTimeout(resolve));
      heard = performance.now();
      return stop();
    };
    const near = [];
    for (const atom of coefficients.atoms) {
      const found = reaching(atom, box);
      if (found) near.push(found);
      if (await stopped()) return null;
    }
    for (const { first, counts } of tilesOf(shape)) {
      this.counts = counts;
      this.tile.fill(0);
      for (const { from, primitives } of near) {
        const low = from.map((at, axis) => at + step * first[axis]);
        const outside = distanceOutside(low, counts, step);
        for (const primitive of primitives) if (primitive.reach > outside) this.add(primitive, low, step);
        if (await stopped()) return null;
      }
      this.multiply();
      this.encode(codes, shape, first, scale);
    }
    return codes;
  }

  // The rows of one shell: x^i exp(-a x^2), and the sum over j of C_ij y^j z^(l-i-j) exp(-a (y^2 + z^2)).
  add(primitive, low, step) {
    const { left, right, counts: [nx, ny, nz] } = this;
    const { l, exponent } = primitive;
    const cartesian = primitive.cartesian ?? (primitive.cartesian = cartesianOf(primitive));
    const [xs, ys, zs] = low.map((at, axis) => powersTimesGaussian(at, step, this.counts[axis], l, exponent));
    for (let i = 0; i <= l; i++) {
      if (this.rows === ROWS) this.multiply();
      for (let x = 0; x < nx; x++) left[x * ROWS + this.rows] = xs[i * nx + x];
      const row = this.rows * PLANE;
      right.fill(0, row, row + ny * nz);
      for (let j = 0; j <= l - i; j++) {
        const factor = cartesian[i * (l + 1) + j];
        if (!factor) continue;
        const zRow = (l - i - j) * nz;
        for (let y = 0; y < ny; y++) {
          const value = factor * ys[j * ny + y];
          const at = row + y * nz;
          for (let z = 0; z < nz; z++) right[at + z] += value * zs[zRow + z];
        }
      }
      this.rows++;
    }
  }

  // Add the product of the rows so far to the tile.
  multiply() {
    const { left, right, tile, counts: [nx, ny, nz] } = this;
    for (; this.rows % 4; this.rows++) {
      for (let x = 0; x < nx; x++) left[x * ROWS + this.rows] = 0;
      right.fill(0, this.rows * PLANE, this.rows * PLANE + ny * nz);
    }
    for (let x = 0; x < nx; x++)
      for (let row = 0; row < this.rows; row += 4) {
        const a = left[x * ROWS + row];
        const b = left[x * ROWS + row + 1];
        const c = left[x * ROWS + row + 2];
        const d = left[x * ROWS + row + 3];
        if (Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d) < NOTHING) continue;
        let at = row * PLANE;
        for (let to = x * PLANE, end = to + ny * nz; to < end; to++, at++)
          tile[to] += a * right[at] + b * right[at + PLANE] + c * right[at + 2 * PLANE] + d * right[at + 3 * PLANE];
      }
    this.rows = 0;
  }

  encode(codes, [, rowsOfPlane, pointsOfRow], first, { knee, low, high }) {
    const [nx, ny, nz] = this.counts;
    const factor = 65535 / (high - low);
    for (let x = 0; x < nx; x++)
      for (let y = 0; y < ny; y++) {
        const from = x * PLANE + y * nz;
        const to = ((first[0] + x) * rowsOfPlane + first[1] + y) * pointsOfRow + first[2];
        for (let z = 0; z < nz; z++) {
          const code = factor * (Math.asinh(this.tile[from + z] / knee) - low);
          codes[to + z] = Math.round(Math.min(65535, Math.max(0, code)));
        }
      }
  }
}

// Boxes of about equal size, none of more than TILE points along an edge: { first, counts }.
function tilesOf(shape) {
  const spans = shape.map((n) => {
    const many = Math.ceil(n / TILE);
    const cuts = Array.from({ length: many + 1 }, (_, k) => Math.round((k * n) / many));
    return cuts.slice(1).map((end, k) => [cuts[k], end - cuts[k]]);
  });
  return spans[0].flatMap((x) => spans[1].flatMap((y) => spans[2].map((z) =>
    ({ first: [x[0], y[0], z[0]], counts: [x[1], y[1], z[1]] }))));
}

// C of add(), (l+1) x (l+1).
function cartesianOf({ l, coefficients }) {
  const cartesian = new Float64Array((l + 1) * (l + 1));
  solidHarmonics(l).forEach((terms, m) => {
    for (const [i, j, factor] of terms) cartesian[i * (l + 1) + j] += factor * coefficients[m];
  });
  return cartesian;
}

// t^n exp(-a t^2) at `count` points from `first` on, for n = 0..l, one after the other.
function powersTimesGaussian(first, step, count, l, exponent) {
  const values = new Float64Array((l + 1) * count);
  for (let k = 0; k < count; k++) {
    const t = first + step * k;
    let value = Math.exp(-exponent * t * t);
    for (let n = 0; n <= l; n++) {
      values[n * count + k] = value;
      value *= t;
    }
  }
  return values;
}
