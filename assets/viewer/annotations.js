// Writing in the picture: a label of 3Dmol as all of ours look, in the ink and the ground of the page.

import { USUAL_PIXELS, letterPixels } from "./letters.js";
import { hex } from "./palette.js";

export function addLabel(stage, text, [x, y, z], { bold = false, small = false } = {}) {
  const fontSize = Math.round(((small ? 11 : 13) * letterPixels()) / USUAL_PIXELS);
  return stage.viewer.addLabel(text, {
    position: { x, y, z }, font: "sans-serif", fontSize, bold, fontColor: inkOf(stage),
    backgroundColor: stage.background ?? "#ffffff", backgroundOpacity: small ? 0.75 : 0.9, padding: small ? 1 : 3,
    alignment: "center", inFront: true,
  }, undefined, true);
}

// Of the page, as #rrggbb.
function inkOf(stage) {
  const channels = getComputedStyle(stage.host).color.match(/[\d.]+/g) ?? [0, 0, 0];
  return hex(channels.slice(0, 3).map((x) => x / 255));
}
