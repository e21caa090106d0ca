// Vectors of three numbers, as arrays.

export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
export const minus = (a, b) => a.map((x, k) => x - b[k]);
// a + t b.
export const along = (a, b, t) => a.map((x, k) => x + t * b[k]);
export const unit = (a) => a.map((x) => x / Math.hypot(...a));

// What a rotation by the quaternion [x, y, z, w] turns into `a`.
export function turnedBack([x, y, z, w], a) {
  const axis = [-x, -y, -z];
  const twice = cross(axis, a).map((component) => 2 * component);
  return along(along(a, twice, w), cross(axis, twice), 1);
}
