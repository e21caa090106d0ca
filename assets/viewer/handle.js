// A handle on a plane in the picture: dragged it moves the plane along its normal, and so do the arrow keys.

import { along } from "./vectors.js";
import { angstromPerPixel, project } from "./screen.js";

const STEP = { ArrowUp: 0.05, ArrowRight: 0.05, ArrowDown: -0.05, ArrowLeft: -0.05, PageUp: 0.5, PageDown: -0.5 };
// A normal that is seen shorter than this share of its length points at the viewer: then up is along it.
const FORESHORTENED = 0.2;
// Pixels from the edges, and from the upper one, where pictures have their names.
const MARGIN = 16;
const UPPER_MARGIN = 48;

export class Handle {
  // offset(): of the plane, angstrom; move(offset, resting): where to put it.
  constructor(stage, offset, move) {
    this.stage = stage;
    const handle = document.createElement("div");
    Object.assign(handle, { className: "slice-handle", tabIndex: 0, role: "slider", textContent: "↕", ariaLabel: "Position of the slice",
      title: "Drag to move the slice along its normal" });
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      this.held = { x: event.clientX, y: event.clientY, offset: offset(), way: this.wayOnScreen() };
    });
    handle.addEventListener("pointermove", (event) => {
      if (!this.held) return;
      const [x, y] = this.held.way;
      const moved = (event.clientX - this.held.x) * x + (event.clientY - this.held.y) * y;
      move(this.held.offset + moved / (x * x + y * y), false);
    });
    for (const end of ["pointerup", "pointercancel"])
      handle.addEventListener(end, () => {
        if (this.held) move(offset(), true);
        this.held = null;
      });
    handle.addEventListener("keydown", (event) => {
      if (!STEP[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      move(offset() + STEP[event.key], true);
    });
    this.element = handle;
    stage.host.parentElement.append(handle);
  }

  // At `point`, on a plane with this normal.
  place(point, normal, { offset, reach }) {
    Object.assign(this, { point, normal });
    const [[x, y]] = project(this.stage, [point]);
    const { clientWidth: width, clientHeight: height } = this.stage.host;
    const within = (place, most, margin = MARGIN) => Math.min(most - MARGIN, Math.max(margin, place));
    const [wayX, wayY] = this.wayOnScreen();
    const turned = (Math.atan2(-wayX, wayY) * 180) / Math.PI;
    this.element.style.transform = `translate(${within(x, width)}px, ${within(y, height, UPPER_MARGIN)}px) translate(-50%, -50%) rotate(${turned}deg)`;
    Object.assign(this.element, { ariaValueNow: offset.toFixed(2), ariaValueMin: (-reach).toFixed(2), ariaValueMax: reach.toFixed(2),
      ariaValueText: `${offset.toFixed(2)} ångström from the middle` });
  }

  // Pixels for an angstrom along the normal.
  wayOnScreen() {
    const [from, to] = project(this.stage, [this.point, along(this.point, this.normal, 1)]);
    const way = [to[0] - from[0], to[1] - from[1]];
    const most = 1 / angstromPerPixel(this.stage);
    return Math.hypot(...way) > FORESHORTENED * most ? way : [0, -most];
  }

  set hidden(hidden) {
    this.element.hidden = hidden;
  }
}
