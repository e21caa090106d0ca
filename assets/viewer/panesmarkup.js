// The frame of linked pictures: the pictures side by side, and beneath them what all of them share.

import { RANGE_LEGEND_MARKUP } from "./colorrange.js";
import { PARTS_MARKUP } from "./forceparts.js";
import { FORCE_LEGEND_MARKUP } from "./forces.js";
import { FORMATION_MARKUP } from "./formation.js";
import { LEAST_MARKUP } from "./least.js";
import { COLORS_MARKUP, LOOK_MARKUP } from "./look.js";
import { PANE_SHADING_MARKUP } from "./paneshading.js";
import { PICKED_MARKUP } from "./picked.js";
import { SLICE_MARKUP, SLICE_SWITCH_MARKUP } from "./slice.js";
import { LEVEL_MARKUP } from "./slider.js";
import { SUMMARY_MARKUP } from "./summary.js";
import { BUTTONS_MARKUP, HINT_MARKUP, LENGTH_MARKUP, OPACITY_MARKUP } from "./switches.js";

const PANE_MARKUP = `
<div class="pane">
  <div class="canvas" tabindex="0" role="img"></div>
  <div class="heading"><span class="pane-label"></span><span class="lobes" hidden><span class="more"></span><bdi class="than"></bdi>
    <span class="less"></span><bdi class="other"></bdi></span></div>
  <div class="note" role="status" hidden></div>${FORCE_LEGEND_MARKUP}
</div>`;

// count: of pictures.
export const panesMarkup = (count) => `
<div class="chooser" role="group" aria-label="Picture"></div>
<div class="frame panes">${PANE_MARKUP.repeat(count)}</div><div class="beneath">${HINT_MARKUP}${COLORS_MARKUP}${RANGE_LEGEND_MARKUP}</div>${SUMMARY_MARKUP}
<div class="controls">
  <div class="levels"><div class="level of-densities">${LEVEL_MARKUP}</div>
    <div class="level of-difference">${LEVEL_MARKUP}</div></div>
  <div class="switches">
    <label><input class="show-surface" type="checkbox" checked> Surfaces</label>
    ${FORMATION_MARKUP}
    ${PANE_SHADING_MARKUP}
    ${SLICE_SWITCH_MARKUP}${OPACITY_MARKUP}
  </div>
  <div class="switches">
    <label><input class="show-arrows" type="checkbox" checked> Forces</label>
    ${PARTS_MARKUP}
    ${LEAST_MARKUP}${LENGTH_MARKUP}${LOOK_MARKUP}
    ${PICKED_MARKUP}
    ${BUTTONS_MARKUP}
  </div>${SLICE_MARKUP}
</div>`;
