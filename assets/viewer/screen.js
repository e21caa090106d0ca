// Between places on the screen (pixels from the upper left corner of a stage) and places among the atoms (angstrom).

import { along, turnedBack } from "./vectors.js";

// [x, y] of points [x, y, z].
export function project(stage, points) {
  const { left, top } = stage.host.getBoundingClientRect();
  const found = stage.viewer.modelToScreen(points.map(([x, y, z]) => ({ x, y, z })));
  return found.map(({ x, y }) => [x - window.scrollX - left, y - window.scrollY - top]);
}

// Angstrom across one pixel of a picture so many pixels high, in the plane through the point it turns about: the camera
// sees in perspective, so what is nearer is larger. Turning leaves it as it is.
export function angstromPerPixel({ viewer, host }, height = host.clientHeight || 1) {
  const away = viewer.CAMERA_Z - viewer.getView()[3];
  return (2 * away * Math.tan((viewer.fov * Math.PI) / 360)) / height;
}

// The point the picture turns about, and what points to the viewer, to the right and up.
export function lookingAt({ viewer }) {
  const [x, y, z, , ...turned] = viewer.getView();
  const [toViewer, right, up] = [[0, 0, 1], [1, 0, 0], [0, 1, 0]].map((axis) => turnedBack(turned, axis));
  return { centre: [-x, -y, -z], toViewer, right, up };
}

// The point of the plane through `start` along u and v that is seen at [x, y], by Newton's method, as perspective is
// mild; null where the plane is seen from its edge.
export function pointSeenAt(stage, [x, y], start, u, v) {
  let point = start;
  for (let turn = 0; turn < 6; turn++) {
    const [here, right, up] = project(stage, [point, along(point, u, 0.1), along(point, v, 0.1)]);
    const [a, b, c, d] = [right[0] - here[0], up[0] - here[0], right[1] - here[1], up[1] - here[1]];
    const area = a * d - b * c;
    if (Math.abs(area) < 1e-3) return null;
    const [dx, dy] = [x - here[0], y - here[1]];
    if (Math.hypot(dx, dy) < 0.05) return point;
    point = along(along(point, u, (0.1 * (d * dx - b * dy)) / area), v, (0.1 * (a * dy - c * dx)) / area);
  }
  return null;
}
