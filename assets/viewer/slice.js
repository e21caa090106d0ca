// A slice through what is shown: one plane for all stages of a view, dragged along its normal, which is turned by
// buttons. The volumes are in the browser already, so nothing is sent. Coarse while it moves, fine when it rests.

import { cutAway, sideOf } from "./cutaway.js";
import { Handle } from "./handle.js";
import { Moving } from "./moving.js";
import { numberIn } from "./numbers.js";
import { isDark } from "./palette.js";
import { Picking } from "./picking.js";
import { boxOf, nearestPlane, planeOf, reachOf } from "./plane.js";
import { readUnderPointer } from "./reading.js";
import { angstromPerPixel, lookingAt } from "./screen.js";
import { COARSE, FINE, drawSheet, removeSheet } from "./sheet.js";
import { SLICE_OF_MARKUP } from "./sliceof.js";
import { legendElement, legendsOf } from "./slicelegend.js";
import { sliceScale } from "./slicescale.js";
import { cross, dot, minus } from "./vectors.js";

export const SLICE_SWITCH_MARKUP = `<label title="A plane through the density, in colours and with lines of equal density; the surface before it is cut
      away"><input class="show-slice" type="checkbox"> Slice</label>`;

export const SLICE_MARKUP = `
  <div class="slice-controls" hidden>
    <div class="slice-place">
      ${SLICE_OF_MARKUP}<label class="slice-along">Slice at <input class="slice-position" type="range" step="0.05" aria-label="Position of the slice along its normal"></label>
      <label class="value"><input class="slice-number" type="text" inputmode="decimal" size="6"
        aria-label="Position of the slice in ångström from the middle" title="From the middle, along the normal"> Å</label>
    </div>
    <div class="slice-normals" role="group" aria-label="Direction of the slice">
      <button type="button" data-normal="molecule" title="The plane that lies nearest to all atoms">Molecule</button>
      <button type="button" data-normal="x" title="Perpendicular to the x axis">x</button>
      <button type="button" data-normal="y" title="Perpendicular to the y axis">y</button>
      <button type="button" data-normal="z" title="Perpendicular to the z axis">z</button>
      <button type="button" data-normal="screen" title="As the screen lies now">Screen</button>
      <button type="button" data-normal="atoms" title="Through three atoms that you click in the picture">3 atoms</button>
    </div>
    <div class="slice-legends"></div>
    <output class="slice-value" aria-live="off"></output>
  </div>`;

const AXES = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };
const POINT_AT_IT = "Point at the slice to read its values.";
// Lines are as wide as the screen wants them until it is zoomed by more than this.
const ZOOM = 1.3;

export class Slice {
  // targets(): what is to be sliced and in sight, [{ stage, field, signed, level, label, title }], and where it is no density
  // { unit, decades, most } too: of its colours, and beyond which there is no telling; all of them share one box.
  constructor(root, targets) {
    Object.assign(this, { root, targets, on: false, plane: null, handles: new Map(), sliced: new Set() });
    this.find = (name) => root.querySelector(`.${name}`);
    this.moving = new Moving((offset, moving) => this.on && this.draw(!moving));
    this.picking = new Picking(3, (atoms) => this.layThroughAtoms(atoms));
    this.find("show-slice").addEventListener("change", (event) => this.turn(event.target.checked));
    const position = this.find("slice-position");
    position.addEventListener("input", () => this.moveTo(Number(position.value), false));
    position.addEventListener("change", () => this.moveTo(Number(position.value), true));
    const number = this.find("slice-number");
    number.addEventListener("change", () => {
      this.moveTo(numberIn(number) ?? this.plane.offset, true);
    });
    for (const button of this.normals)
      button.addEventListener("click", () => this.face(button.dataset.normal));
  }

  get normals() {
    return this.find("slice-normals").querySelectorAll("[data-normal]");
  }

  // Of a new structure: its plane is the nearest to all atoms, until the person says otherwise.
  setAtoms(elements, positions) {
    if (String(positions) === String(this.positions)) return;
    Object.assign(this, { elements, positions, plane: null });
    this.picking.stop();
  }

  turn(on) {
    this.on = on;
    this.picking.stop();
    this.find("slice-controls").hidden = !on;
    this.refresh();
  }

  dispose() {
    this.on = false;
    this.moving.stop();
  }

  // All anew: another field, ground or stage in sight.
  refresh() {
    const targets = this.targets();
    if (!this.on || !targets.length) {
      this.clear();
      return;
    }
    this.box = boxOf(targets[0].field);
    if (!this.plane) this.lieNearestTo(this.positions);
    for (const { stage } of targets) this.prepare(stage);
    this.showLegends(targets);
    this.draw(true);
  }

  // What is far off fades into the ground, which would change the colours of the plane.
  prepare(stage) {
    if (this.sliced.has(stage)) return;
    stage.viewer.enableFog(false);
    this.sliced.add(stage);
    if (this.handles.has(stage)) return;
    this.handles.set(stage, new Handle(stage, () => this.plane.offset, (offset, resting) => this.moveTo(offset, resting)));
    const readable = () => (this.on && !this.picking.on ? this.plane : null);
    readUnderPointer(stage, readable, this.targets, (text) => this.say(text));
  }

  clear() {
    this.moving.stop();
    for (const stage of this.sliced) {
      removeSheet(stage);
      cutAway(stage, null);
      stage.viewer.enableFog(true);
      this.handles.get(stage).hidden = true;
      stage.render();
    }
    this.sliced.clear();
    delete this.root.dataset.slice;
  }

  // Which way the plane faces.
  face(name) {
    this.picking.stop();
    if (name === "atoms") {
      this.picking.start(this.targets().map(({ stage }) => stage), (atoms) => this.sayPicked(atoms));
      return;
    }
    this.say("");
    const { centre, toViewer, up } = lookingAt(this.targets()[0].stage);
    if (name === "molecule") this.lieNearestTo(this.positions);
    else this.layThrough(centre, AXES[name] ?? toViewer, AXES[name] ? null : up, name);
    this.draw(true);
  }

  // place: as of `parsePlace`; turned on there.
  lieAt({ name, normal, offset }) {
    if (!this.on) this.find("show-slice").click();
    if (!this.plane) return;
    if (name === "molecule") this.lieNearestTo(this.positions);
    else this.layThrough(this.box.middle, normal ?? AXES[name], null, name);
    this.moveTo(offset, true);
  }

  lieNearestTo(positions) {
    const { normal, middle } = nearestPlane(positions);
    this.layThrough(middle, normal, null, "molecule");
  }

  layThrough(point, normal, up, name) {
    const plane = planeOf(normal, 0, up);
    this.plane = { ...plane, offset: this.possible(plane, dot(plane.normal, minus(point, this.box.middle))) };
    this.name = name;
    for (const button of this.normals) button.setAttribute("aria-pressed", button.dataset.normal === name);
  }

  layThroughAtoms(atoms) {
    const [a, b, c] = atoms.map((index) => this.positions.slice(3 * index, 3 * index + 3));
    const normal = cross(minus(b, a), minus(c, a));
    if (Math.hypot(...normal) < 1e-3) {
      this.say("These three atoms lie on one line. Choose three that do not.");
      return;
    }
    this.say("");
    this.layThrough(a, normal, null, "atoms");
    this.draw(true);
  }

  sayPicked(atoms) {
    const names = atoms.map((atom) => `${this.elements[atom]}${atom + 1}`).join(", ");
    this.say(`Click three atoms in the picture${names && `: ${names}`}.`);
  }

  possible(plane, offset) {
    const reach = reachOf(plane, this.box);
    return Math.min(reach, Math.max(-reach, offset));
  }

  // resting: no more moves are to come at once.
  moveTo(offset, resting) {
    this.plane.offset = this.possible(this.plane, offset);
    this.moving.move(this.plane.offset);
    if (resting) this.moving.rest();
  }

  draw(fine) {
    const started = performance.now();
    const targets = this.targets();
    for (const target of targets) {
      const { stage, field } = target;
      const pixel = angstromPerPixel(stage);
      this.drawnAt = pixel;
      this.sheet = drawSheet(stage, field, this.box, this.plane, scaleOf(target), fine ? FINE : COARSE, pixel);
    }
    this.trim();
    this.show();
    for (const { stage } of targets) stage.render();
    Object.assign(this.root.dataset, { slice: this.plane.offset.toFixed(3), sliceMilliseconds: (performance.now() - started).toFixed(1) });
  }

  show() {
    const { offset } = this.plane;
    const reach = reachOf(this.plane, this.box);
    const position = this.find("slice-position");
    Object.assign(position, { min: -reach, max: reach, value: offset });
    position.setAttribute("aria-valuetext", `${offset.toFixed(2)} ångström from the middle`);
    this.find("slice-number").value = offset.toFixed(2).replace("-", "−");
    this.placeHandles();
  }

  placeHandles() {
    const seen = new Set(this.targets().map(({ stage }) => stage));
    for (const [stage, handle] of this.handles) {
      handle.hidden = !seen.has(stage) || !this.sheet;
      if (!handle.element.hidden)
        handle.place(this.sheet.top, this.plane.normal, { offset: this.plane.offset, reach: reachOf(this.plane, this.box) });
    }
  }

  // Surfaces that were cut anew, or are seen from the other side of the plane.
  trim() {
    if (!this.on || !this.plane) return;
    for (const { stage } of this.targets()) {
      this.side = sideOf(stage, this.plane, this.box);
      cutAway(stage, this.plane, this.side, this.box);
    }
  }

  // The camera has moved.
  follow() {
    if (!this.on || !this.plane) return;
    this.following ??= requestAnimationFrame(() => {
      this.following = null;
      const [first] = this.targets();
      if (!this.on || !this.plane || !first) return;
      this.placeHandles();
      if (sideOf(first.stage, this.plane, this.box) !== this.side) {
        this.trim();
        for (const { stage } of this.targets()) stage.render();
      }
      const zoomed = angstromPerPixel(first.stage) / this.drawnAt;
      if (Math.max(zoomed, 1 / zoomed) < ZOOM) return;
      // The zoom goes on for a while, as a rule.
      this.moving.move(this.plane.offset);
    });
  }

  // An empty text: what can be done.
  say(text) {
    this.find("slice-value").textContent = text || POINT_AT_IT;
  }

  showLegends(targets) {
    this.legends = legendsOf(targets, scaleOf);
    this.find("slice-legends").replaceChildren(...this.legends.map(legendElement));
    if (!this.picking.on) this.say("");
  }
}

function scaleOf({ stage, signed, level, decades }) {
  return sliceScale(signed, level, isDark(stage.background ?? "#ffffff"), decades);
}
