// How a picture is shown as part of its address: read off the frame when a control is let go or the camera comes to
// rest, and set when a link is opened. A change of page destroys the frame: how it was left is remembered here too.

import { applyState, stateOf } from "./address.js";
import { kept } from "./chosen.js";
import { formatLevel } from "./levels.js";
import { LinkBar } from "./linkbar.js";

const REST_MILLISECONDS = 400;
const LET_GO = ["change", "click", "keyup"];
const RELEASED = ["pointerup", "pointercancel"];

// By what the picture is of: how it was left, and the camera that it began with, null where that had been moved before.
const left = new Map();
const framed = new Map();
// Links that were opened, each once.
const opened = new Set();

export class Sharing extends LinkBar {
  constructor(root) {
    super(root);
    // Not while something is held, however slowly it moves.
    this.later = () => {
      clearTimeout(this.timer);
      if (!this.held) this.timer = setTimeout(() => this.write(), REST_MILLISECONDS);
    };
    this.hold = () => { this.held = true; };
    this.release = () => {
      if (!this.held) return;
      this.held = false;
      this.later();
    };
    for (const kind of LET_GO) root.addEventListener(kind, this.later);
    root.addEventListener("pointerdown", this.hold);
    // It may be let go anywhere.
    for (const kind of RELEASED) addEventListener(kind, this.release, true);
  }

  dispose() {
    clearTimeout(this.timer);
    for (const kind of RELEASED) removeEventListener(kind, this.release, true);
  }

  // view: the frame, once its scene is drawn.
  update(view, scene, link) {
    const first = !this.view;
    const key = `${scene.panes.length} ${scene.structure}`;
    const other = this.key !== key;
    Object.assign(this, { view, key });
    this.setLink(link);
    if (other) {
      if (!framed.has(key)) framed.set(key, view.cameraKept ? null : stateOf(view).view);
      this.restore(first);
    }
    this.write();
  }

  restore(first) {
    const { start, opened: time } = this.link;
    const name = `${this.key} ${JSON.stringify(start)} ${time}`;
    if (Object.keys(start).length && !opened.has(name)) {
      opened.add(name);
      const odd = applyState(this.view, start);
      if (odd.length) this.say(`Not understood in the address, and left out: ${odd.join(", ")}`, false);
    } else if (first && left.has(this.key)) {
      // The camera is kept elsewhere, to the last digit; so is how the molecule looks, which is one for all pages.
      const { view, moment, molecule, atoms, labels, ...layers } = left.get(this.key);
      // Another level may have been chosen elsewhere since.
      if (kept().moment > moment) layers.level = formatLevel(kept().level);
      applyState(this.view, layers);
    }
  }

  // The camera is told where a person moved it.
  state() {
    if (!this.view) return {};
    const { view, ...layers } = stateOf(this.view);
    left.set(this.key, { view, moment: kept().moment, ...layers });
    return view === framed.get(this.key) ? layers : { ...layers, view };
  }
}
