// The values of a slice where the pointer is, at most once a frame.

import { boxOf } from "./plane.js";
import { pointSeenAt } from "./screen.js";
import { lookUp } from "./sheet.js";
import { written } from "./slicelegend.js";
import { SLICE_UNIT } from "./slicescale.js";
import { along, minus } from "./vectors.js";

// plane(): where to read, or null for not now. targets(): as of a slice. tell(text): an empty one where nothing is read.
export function readUnderPointer(stage, plane, targets, tell) {
  let [place, frame] = [null, null];
  stage.host.addEventListener("pointermove", (event) => {
    // Pressed it turns the picture.
    if (!plane() || event.buttons) return;
    const { left, top } = stage.host.getBoundingClientRect();
    place = [event.clientX - left, event.clientY - top];
    frame ??= requestAnimationFrame(() => {
      frame = null;
      if (place && plane()) tell(textAt(stage, place, plane(), targets()));
    });
  });
  stage.host.addEventListener("pointerleave", () => {
    place = null;
    if (plane()) tell("");
  });
}

function textAt(stage, place, { normal, u, v, offset }, targets) {
  const { middle, half } = boxOf(targets[0].field);
  const point = pointSeenAt(stage, place, along(middle, normal, offset), u, v);
  if (!point || minus(point, middle).some((x, k) => Math.abs(x) > half[k] + 1e-6)) return "";
  const told = targets.map(({ field, signed, label, most }) => {
    const [value] = lookUp(field, Float32Array.from(point)).values;
    return `${label ? `${label} ` : ""}${written(value, signed, most)}`;
  });
  return `${told.join(", ")} ${targets[0].unit ?? SLICE_UNIT} at (${point.map((x) => x.toFixed(2).replace("-", "−")).join(", ")}) Å`;
}
