// Rotations as matrices (rows), and as angles about x, then y, then z, which stand still (core/lessons/turning.py). Degrees.

const RADIANS = Math.PI / 180;

export function matrixOf([x, y, z]) {
  return times(about(2, z * RADIANS), times(about(1, y * RADIANS), about(0, x * RADIANS)));
}

// Where y is 90 degrees to either side, x and z turn about the same axis: then z is none.
export function anglesOf(matrix) {
  const sine = Math.min(1, Math.max(-1, -matrix[2][0]));
  const locked = Math.abs(sine) > 1 - 1e-9;
  const x = locked ? Math.atan2(-matrix[1][2], matrix[1][1]) : Math.atan2(matrix[2][1], matrix[2][2]);
  const z = locked ? 0 : Math.atan2(matrix[1][0], matrix[0][0]);
  return [x, Math.asin(sine), z].map((angle) => angle / RADIANS);
}

// A drag to the right and downwards, in radians, turns what is seen about the axes of the screen.
export function turnedByDrag(matrix, right, down) {
  return times(about(1, right), times(about(0, down), matrix));
}

function about(axis, angle) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [j, k] = [(axis + 1) % 3, (axis + 2) % 3];
  const matrix = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  Object.assign(matrix[j], { [j]: cos, [k]: -sin });
  Object.assign(matrix[k], { [j]: sin, [k]: cos });
  return matrix;
}

function times(a, b) {
  return a.map((row) => [0, 1, 2].map((column) => row.reduce((sum, entry, k) => sum + entry * b[k][column], 0)));
}
