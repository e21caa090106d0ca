// Surfaces cut away where it would hide a plane: all their triangles that reach over the plane to the viewer's side.

import { along, dot, minus, turnedBack } from "./vectors.js";

// Where the camera is, in the coordinates of the atoms.
export function cameraOf({ viewer }) {
  const [x, y, z, away, ...turned] = viewer.getView();
  return minus(turnedBack(turned, [0, 0, viewer.CAMERA_Z - away]), [x, y, z]);
}

// 1 where the viewer is on the side the normal points to, -1 on the other.
export function sideOf(stage, plane, box) {
  return dot(minus(cameraOf(stage), along(box.middle, plane.normal, plane.offset)), plane.normal) < 0 ? -1 : 1;
}

// plane: null gives the surfaces back whole.
export function cutAway({ surface, second }, plane, side, box) {
  for (const layer of [surface, second]) if (layer) cut(layer, plane, side, box);
}

function cut({ geo }, plane, side, box) {
  const [a, b, c] = plane ? plane.normal.map((x) => side * x) : [0, 0, 0];
  const limit = plane ? side * (plane.offset + dot(plane.normal, box.middle)) : 0;
  for (const group of geo.geometryGroups) {
    group.wholeFaces ??= group.faceArray;
    group.faceArray = plane ? facesBehind(group, (x, y, z) => a * x + b * y + c * z > limit) : group.wholeFaces;
    group.faceidx = group.faceArray.length;
  }
  geo.elementsNeedUpdate = true;
}

function facesBehind({ vertexArray, wholeFaces }, before) {
  const hidden = new Uint8Array(vertexArray.length / 3);
  for (let k = 0; k < hidden.length; k++) hidden[k] = before(vertexArray[3 * k], vertexArray[3 * k + 1], vertexArray[3 * k + 2]);
  const kept = new Uint16Array(wholeFaces.length);
  let count = 0;
  for (let k = 0; k < wholeFaces.length; k += 3) {
    if (hidden[wholeFaces[k]] | hidden[wholeFaces[k + 1]] | hidden[wholeFaces[k + 2]]) continue;
    for (let j = 0; j < 3; j++) kept[count++] = wholeFaces[k + j];
  }
  return kept.slice(0, count);
}
