// What every frame has below its pictures, in its own order: opacity, length of the arrows, and the buttons; and what
// they do.

import { Keeping } from "./keeping.js";

// Beneath the picture: what a person may do in it.
export const HINT_MARKUP = `<div class="hint"><span class="by-mouse">Drag to look from all sides, scroll to zoom; click two
  to four atoms to measure between them. Keys: arrows, +, −; n, p and Enter for atoms.</span><span class="by-touch">Drag to look from all sides, pinch to zoom; tap two to
  four atoms to measure between them.</span></div>`;

export const OPACITY_MARKUP = `<label class="small">Opacity <input class="opacity" type="range" min="0.15" max="1"
      step="0.05" value="0.6"></label>`;

export const LENGTH_MARKUP = `<label class="small arrow-length">Arrow length <input class="length" type="range" min="-1" max="1" step="0.05" value="0"
      aria-label="Length of the arrows"></label>`;

export const BUTTONS_MARKUP = `<span class="buttons"><button class="home" type="button" title="Everything in sight, and turned as at first (Home)">Reset view</button>
    <button class="png" type="button" title="The picture as it is on the screen">Save PNG</button>
    <button class="save-html" type="button" title="One file that shows this in any browser, without internet: as it is on the screen now, with camera,
      levels, colours and slice, to turn, cut and measure" hidden>Save HTML</button>
    <button class="save-as" type="button" aria-expanded="false" title="At print size with a scale bar, or as a mesh">Save as…</button>
    <button class="copy-link" type="button" title="An address that opens this picture elsewhere" hidden>Copy link</button></span>
    <span class="link-note" role="status"></span>`;

// view: find(name), applySwitches(), drawForces(), lengthFactor. stages: all of it; framed(): the one to frame anew.
export function listenToSwitches(view, stages, framed, save) {
  for (const layer of ["surface", "arrows"])
    view.find(`show-${layer}`).addEventListener("change", () => view.applySwitches());
  view.find("opacity").addEventListener("input", (event) => {
    for (const stage of stages) {
      stage.setOpacity(Number(event.target.value));
      stage.render();
    }
  });
  view.find("length").addEventListener("input", (event) => {
    view.lengthFactor = 10 ** Number(event.target.value);
    view.drawForces();
  });
  view.find("home").addEventListener("click", () => framed().reset());
  view.find("png").addEventListener("click", save);
  view.keeping = new Keeping(view, stages, view.find("save-as"), view.find("controls"));
}
