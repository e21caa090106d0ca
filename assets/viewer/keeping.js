// "Save as": the picture at the size of a page, and what is drawn as a mesh for other programs. Nothing is asked of the
// server. One form for both frames, beneath their switches.

import { glb, joined, ply, together, welded } from "./mesh.js";
import { numberIn } from "./numbers.js";
import { composePanes } from "./panespicture.js";
import { composePicture, save } from "./picture.js";
import { withResolution } from "./png.js";
import { drawBar, drawnAt, largestSide, possible } from "./print.js";
import { skeleton } from "./skeleton.js";

const MARKUP = `
  <fieldset><legend>Picture (PNG)</legend>
    <label>Width <input class="print-width" type="text" inputmode="decimal" size="5" value="170"></label>
    <select class="print-unit" aria-label="Unit of the width"><option>mm</option><option>inch</option><option>pixels</option></select>
    <label>at <input class="print-dpi" type="text" inputmode="numeric" size="4" value="300"> dots per inch</label>
    <label>Ground <select class="print-ground"><option value="#ffffff">white</option>
      <option value="transparent">transparent</option><option value="">as shown</option></select></label>
    <label title="Its length holds in the plane through the centre of the picture; nearer things look larger"><input
      class="print-bar" type="checkbox" checked> Scale bar</label>
    <button class="print" type="button">Save picture</button>
    <span class="print-size" role="status"></span>
  </fieldset>
  <fieldset><legend>Mesh, Å</legend>
    <label class="mesh-of-label" hidden>Of <select class="mesh-of"></select></label>
    <label><input class="mesh-all" type="checkbox" checked> glTF with atoms, bonds, forces and slice</label>
    <button class="save-glb" type="button" title="Surface with its colours, for Blender, PowerPoint and browsers">glTF (.glb)</button>
    <button class="save-ply" type="button" title="The surfaces alone, with their colours and values at the points">PLY</button>
    <span class="mesh-note" role="status"></span>
  </fieldset>`;

const MILLIMETRES_PER_INCH = 25.4;
// So many points of text, which are 13 of the sheet's units.
const TEXT_POINTS = 8;
// What a picture and its legend need across, in units of the sheet; narrower ones get smaller letters.
const NARROWEST = 430;
const NARROWEST_PANE = 190;

export class Keeping {
  // view: a Panel or Panes. stages: all of it. button: what opens and closes the form, which stands after `controls`.
  constructor(view, stages, button, controls) {
    const form = document.createElement("div");
    form.className = "keeping";
    form.hidden = true;
    form.innerHTML = MARKUP;
    controls.append(form);
    Object.assign(this, { view, stages, form, find: (name) => form.querySelector(`.${name}`) });
    button.addEventListener("click", () => {
      form.hidden = !form.hidden;
      button.setAttribute("aria-expanded", !form.hidden);
      if (!form.hidden) this.opened();
    });
    for (const name of ["print-width", "print-dpi", "print-unit"])
      this.find(name).addEventListener("change", (event) => this.measure(event));
    this.find("print").addEventListener("click", () => this.print());
    this.find("save-glb").addEventListener("click", () => this.saveMesh("glb"));
    this.find("save-ply").addEventListener("click", () => this.saveMesh("ply"));
    this.unit = "mm";
  }

  opened() {
    const { panes } = this.view.scene;
    this.find("mesh-of-label").hidden = !panes.length;
    const chosen = this.find("mesh-of").selectedIndex;
    this.find("mesh-of").replaceChildren(...panes.map((pane) => new Option(pane.label)));
    if (panes.length) this.find("mesh-of").selectedIndex = Math.max(0, chosen);
    this.measure();
  }

  // Pixels of the picture, or null and why it is impossible; both are told.
  measure(event = null) {
    const unit = this.find("print-unit").value;
    const dpi = numberIn(this.find("print-dpi"));
    let width = numberIn(this.find("print-width"));
    const perInch = { mm: MILLIMETRES_PER_INCH, inch: 1, pixels: dpi };
    if (event?.target === this.find("print-unit") && width > 0 && dpi > 0) {
      // The same width in the other unit.
      width = (width / perInch[this.unit]) * perInch[unit];
      this.find("print-width").value = Number(width.toFixed(unit === "inch" ? 2 : 0));
    }
    this.unit = unit;
    const size = this.sizeOf(Math.round((width / perInch[unit]) * dpi), dpi);
    this.find("print").disabled = !size.ok;
    this.find("print-size").textContent = size.words;
    return size.ok ? { ...size, dpi } : null;
  }

  sizeOf(whole, dpi) {
    const [stage] = this.stages;
    const width = Math.floor(whole / this.stages.length);
    const height = Math.round((width * stage.host.clientHeight) / stage.host.clientWidth);
    if (!(width >= 100) || !(dpi >= 30 && dpi <= 2400))
      return { ok: false, words: "Give a width of 100 pixels or more, and 30 to 2400 dots per inch." };
    if (!possible(stage, width, height)) {
      const most = largestSide(stage).toLocaleString("en");
      return { ok: false, words: `That is more than can be drawn here: at most ${most} pixels a side.` };
    }
    const millimetres = Math.round((MILLIMETRES_PER_INCH * whole) / dpi);
    return { ok: true, width, height, words: `${whole} pixels wide, ${millimetres} mm` };
  }

  async print() {
    const size = this.measure();
    if (!size) return;
    try {
      const { canvas } = this.page(size);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
      if (!blob) throw new Error("This browser makes no picture of that size. Choose a smaller one.");
      const bytes = withResolution(new Uint8Array(await blob.arrayBuffer()), size.dpi);
      save(URL.createObjectURL(new Blob([bytes], { type: "image/png" })), `${this.view.scene.file_stem}-print.png`);
    } catch (error) {
      console.error(error);
      this.find("print-size").textContent = error.message;
    }
  }

  // The finished sheet; `bar` is what the bar of scale measures.
  page({ width, height, dpi }) {
    const { view, stages } = this;
    const ground = this.find("print-ground").value || stages[0].background || "#ffffff";
    const narrowest = stages.length > 1 ? stages.length * NARROWEST_PANE : NARROWEST;
    const ratio = Math.min((dpi / 72) * (TEXT_POINTS / 13), (stages.length * width) / narrowest);
    const images = stages.map((stage) => drawnAt(stage, width, height, ground));
    const page = (view.stages ? composePanes : composePicture)(view, images, ratio, ground);
    const bar = this.find("print-bar").checked
      ? drawBar(page, stages[0], { width, height }, height - 10 * ratio, ratio) : null;
    return { ...page, bar };
  }

  saveMesh(kind) {
    const { view, stages } = this;
    const { scene } = view;
    const which = stages.length > 1 ? this.find("mesh-of").selectedIndex : 0;
    const stage = stages[which];
    const first = stage.surface && !stage.surface.hidden ? stage.surface.meshes : [];
    const second = stage.second?.meshes ?? [];
    const note = this.find("mesh-note");
    note.textContent = "";
    const pane = scene.panes[which];
    const level = pane ? view.levelOf(pane.signed) : view.drawn.level;
    const { word, values } = (first.some((piece) => piece.values) && view.colorRange.inFiles) || {};
    const about = {
      title: scene.title, source: scene.source, ...(pane && { picture: pane.label }),
      ...(view.formation?.shown && !pane?.signed && { surface: view.formation.reference.label }), unit: "angstrom",
      ...(first.length && { level_e_per_bohr3: level }), ...(values && { values }),
      ...(second.length && { second_surface: view.second.words }),
    };
    const stem = pane ? `${scene.file_stem}-${pane.label.toLowerCase().replace(/\W+/g, "-")}` : scene.file_stem;
    if (kind === "ply") {
      const surfaces = [first, second].filter((pieces) => pieces.length).map(welded);
      const comments = ["Rhoscope", ...Object.entries(about).map(([name, value]) => `${name}: ${value}`)];
      if (surfaces.length) this.keep(ply(together(surfaces), comments, word), `${stem}.ply`);
      else note.textContent = "There is no surface to save: turn it on, or choose another level.";
      return;
    }
    const parts = first.length ? [{ name: "surface", mesh: welded(first), opacity: stage.surface.opacity }] : [];
    if (second.length) parts.push({ name: "second surface", mesh: welded(second), opacity: stage.second.opacity });
    if (this.find("mesh-all").checked) parts.push(...beside(stage));
    if (parts.length) this.keep(glb(parts, about, word), `${stem}.glb`);
    else note.textContent = "There is nothing to save: turn the surface on, or take the atoms too.";
  }

  keep(bytes, name) {
    save(URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" })), name);
  }
}

// What is drawn beside the surface, as parts of a glTF file.
function beside(stage) {
  // That of all atoms; a ribbon is no part of a file.
  const [[, { stick, sphere }]] = stage.styles.usual;
  const parts = [{ name: "atoms and bonds", mesh: skeleton(stage.model.selectedAtoms({}), { stick, sphere }, stick.colorfunc), opacity: 1 }];
  if (stage.arrows && !stage.arrows.hidden && stage.arrows.meshes.length)
    parts.push({ name: "forces", mesh: joined(stage.arrows.meshes), opacity: 1 });
  for (const [name, layer] of [["slice", stage.slice], ["lines of the slice", stage.sliceLines]])
    if (layer && !layer.hidden) parts.push({ name, mesh: joined(layer.meshes), opacity: 1, unlit: true });
  return parts;
}
