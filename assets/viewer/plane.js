// A plane through the box of a field: { normal, u, v } orthonormal, offset in angstrom from the middle of the box along
// the normal; u and v are right and up on the plane. And the points on it at which the field is looked up.

import { along, cross, dot, minus, unit } from "./vectors.js";

// For a plane that must not reach the very end of the box, where rounding would put a point outside.
const WITHIN = 1 - 1e-6;

export function boxOf({ shape, origin_angstrom: origin, step_angstrom: step }) {
  const half = shape.map((n) => (step * (n - 1)) / 2);
  return { middle: origin.map((x, k) => x + half[k]), half };
}

// up: where v is to point, as near as it can; without one an edge of the box.
export function planeOf(normal, offset = 0, up = null) {
  const n = unit(normal);
  const edges = [[0, 0, 1], [0, 1, 0], [1, 0, 0]];
  const wanted = up ?? edges.find((edge) => Math.abs(dot(edge, n)) < 0.9);
  const v = unit(along(wanted, n, -dot(wanted, n)));
  return { normal: n, u: cross(v, n), v, offset };
}

// How far from the middle the plane still meets the box.
export function reachOf({ normal }, { half }) {
  return half.reduce((sum, h, k) => sum + h * Math.abs(normal[k]), 0) * WITHIN;
}

// The part of the plane within the box, as points in rows from below to above, each row from the left to the right end
// of the box there: { columns, rows, vertices (3 floats each, row by row), longest, top: middle of the uppermost row,
// middle }, with at most `most` points along the longer side. Null where the plane misses the box.
export function section(plane, box, most) {
  const { u, v } = plane;
  const middle = along(box.middle, plane.normal, plane.offset);
  const corners = crossings(plane, box).map((corner) => minus(corner, middle));
  if (corners.length < 3) return null;
  const extent = (axis) => {
    const places = corners.map((corner) => dot(corner, axis));
    return [Math.min(...places), Math.max(...places)];
  };
  const [[left, right], [low, high]] = [extent(u), extent(v)];
  const longest = Math.max(right - left, high - low);
  const count = (length) => Math.max(8, Math.round((most * length) / longest));
  const [columns, rows] = [count(right - left), count(high - low)];
  const vertices = new Float32Array(3 * columns * rows);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const height = low + (high - low) * (0.5 + (row / (rows - 1) - 0.5) * WITHIN);
    const start = along(middle, v, height);
    const [from, to] = chord(start, u, box);
    for (let column = 0; column < columns; column++) {
      const t = from + ((to - from) * column) / (columns - 1);
      for (let k = 0; k < 3; k++) vertices[at++] = start[k] + t * u[k];
    }
  }
  const last = 3 * columns * (rows - 1);
  const top = [0, 1, 2].map((k) => (vertices[last + k] + vertices[vertices.length - 3 + k]) / 2);
  return { columns, rows, vertices, longest, top, middle };
}

// Where the plane meets the twelve edges of the box.
function crossings({ normal, offset }, { middle, half }) {
  const found = [];
  for (let axis = 0; axis < 3; axis++)
    for (const [s, t] of [[-1, -1], [-1, 1], [1, -1], [1, 1]]) {
      const corner = [0, 0, 0];
      corner[(axis + 1) % 3] = s * half[(axis + 1) % 3];
      corner[(axis + 2) % 3] = t * half[(axis + 2) % 3];
      const place = (offset - dot(normal, corner)) / normal[axis];
      // Parallel to the edge it is not finite.
      if (Math.abs(place) <= half[axis]) found.push(along(middle, along(corner, [0, 1, 2].map((k) => +(k === axis)), place), 1));
    }
  return found;
}

// The piece [from, to] of the line start + t u that lies within the box.
function chord(start, u, { middle, half }) {
  let [from, to] = [-Infinity, Infinity];
  for (let k = 0; k < 3; k++) {
    if (Math.abs(u[k]) < 1e-9) continue;
    const ends = [-half[k], half[k]].map((h) => (middle[k] + h - start[k]) / u[k]);
    from = Math.max(from, Math.min(...ends));
    to = Math.min(to, Math.max(...ends));
  }
  return from < to ? [from, to] : [(from + to) / 2, (from + to) / 2];
}

// The normal of the plane nearest to the points (3 numbers each): the direction in which they spread least, by power
// iteration on what remains of their covariance; and the middle of the points.
export function nearestPlane(points) {
  const n = points.length / 3;
  const middle = [0, 1, 2].map((k) => points.reduce((sum, x, at) => sum + (at % 3 === k ? x / n : 0), 0));
  const spread = [0, 1, 2].map((i) => [0, 1, 2].map((j) => {
    let sum = 0;
    for (let at = 0; at < points.length; at += 3) sum += (points[at + i] - middle[i]) * (points[at + j] - middle[j]);
    return sum;
  }));
  const trace = spread[0][0] + spread[1][1] + spread[2][2] || 1;
  const rest = spread.map((row, i) => row.map((x, j) => (i === j ? trace : 0) - x));
  let normal = unit([0.2, 0.3, 0.9]);
  for (let turn = 0; turn < 200; turn++) normal = unit(rest.map((row) => dot(row, normal)));
  return { normal, middle };
}
