// Distances, angles and dihedrals of points [x, y, z]; degrees. A dihedral is positive where, looked at along the middle
// bond, the far one is turned clockwise (IUPAC), -180..180.

import { cross, dot, minus } from "./vectors.js";

const degrees = (radians) => (180 * radians) / Math.PI;

export function distance(a, b) {
  return Math.hypot(...minus(a, b));
}

// At b.
export function angle(a, b, c) {
  const [one, other] = [minus(a, b), minus(c, b)];
  return degrees(Math.atan2(Math.hypot(...cross(one, other)), dot(one, other)));
}

export function dihedral(a, b, c, d) {
  const [first, axis, last] = [minus(b, a), minus(c, b), minus(d, c)];
  const [one, other] = [cross(first, axis), cross(axis, last)];
  return degrees(Math.atan2(Math.hypot(...axis) * dot(first, other), dot(one, other)));
}

export function middle(...points) {
  return [0, 1, 2].map((k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
}
