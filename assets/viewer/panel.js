// The frame around one stage: level slider, switches, legend, hover line, buttons. Every text that came from a file
// or a person goes in as textContent. Nothing is reported to the server before a control is let go.

import { coarser } from "./field.js";
import { ForceParts, PARTS_MARKUP } from "./forceparts.js";
import { FORCE_LEGEND_MARKUP, atomText, countAbove, forcePerAngstrom, inSentence, largestForce, showForceLegend } from "./forces.js";
import { FORMATION_LEGEND_MARKUP, FORMATION_MARKUP, Formation } from "./formation.js";
import { listenToKeys } from "./keys.js";
import { enclosedScale, possibleLevel } from "./levels.js";
import { COLORS_MARKUP, LOOK_MARKUP, Look } from "./look.js";
import { Measure } from "./measure.js";
import { SIGNED_GRADIENT } from "./palette.js";
import { downloadPicture } from "./picture.js";
import { extremes, suitableRange } from "./potential.js";
import { Refinement } from "./refinement.js";
import { SLICE_MARKUP, SLICE_SWITCH_MARKUP, Slice } from "./slice.js";
import { LEVEL_MARKUP, LevelControl } from "./slider.js";
import { Stage } from "./stage.js";
import { BUTTONS_MARKUP, LENGTH_MARKUP, OPACITY_MARKUP, listenToSwitches } from "./switches.js";

export const MARKUP = `
<div class="frame">
  <div class="canvas" tabindex="0" role="img"></div>
  <div class="note" role="status" hidden></div><span class="fineness"></span>${FORCE_LEGEND_MARKUP}
  <div class="legend potential-legend" hidden>
    <div class="potential-title"></div>
    <div class="bar potential-bar"></div>
    <div class="ticks"><span class="potential-low"></span><span>0</span><span class="potential-high"></span></div>
    <div class="potential-text"></div>
  </div>${FORMATION_LEGEND_MARKUP}
</div>
<div class="controls">${COLORS_MARKUP}
  <div class="level">${LEVEL_MARKUP}
  </div>
  <div class="switches">
    <label><input class="show-surface" type="checkbox" checked> Surface</label>
    ${FORMATION_MARKUP}
    <label class="potential-switch" title="Colour the surface by the electrostatic potential" hidden><input
      class="show-potential" type="checkbox"> Potential</label>
    <span class="range" hidden><label>Colours ± <input class="range-value" type="text" inputmode="decimal" size="4"></label>
      <button class="fit" type="button" title="The range that suits this surface">Fit</button></span>
    ${SLICE_SWITCH_MARKUP}${OPACITY_MARKUP}
  </div>
  <div class="switches">
    <label><input class="show-arrows" type="checkbox" checked> Forces</label>
    ${PARTS_MARKUP}${LENGTH_MARKUP}
  </div>
  <div class="switches">${LOOK_MARKUP}
    <button class="unpick" type="button" title="Let the picked atoms go (Escape)" hidden>Clear selection</button>
    ${BUTTONS_MARKUP}
  </div>${SLICE_MARKUP}
</div>`;

// A coloured surface starts where crystals pack molecules, e/bohr^3, and almost opaque.
const MOLECULAR_SURFACE = 0.002;
const COLORED_OPACITY = 0.9;

export class Panel {
  constructor(root, cameras, viewer = null) {
    this.root = root;
    this.find = (name) => root.querySelector(`.${name}`);
    this.cameras = cameras;
    this.stage = new Stage(this.find("canvas"), viewer);
    this.control = new LevelControl(this.find("level"), (level, moving) => this.setLevel(level, moving),
      () => this.onLevel(this.level));
    this.formation = new Formation(this.find, (wanted) => this.chooseField(wanted));
    this.refinement = new Refinement(this.stage, (field) => this.showRefined(field), (...words) => this.sayFineness(...words));
    this.slice = new Slice(root, () => this.sliceTargets());
    this.lengthFactor = 1;
    this.onLevel = () => {};
    this.onAsked = () => {};
    const say = (message) => this.say(message);
    this.look = new Look(this.find, this.stage, say);
    this.parts = new ForceParts(this.find, { changed: () => this.drawForces(), ask: (wish) => this.onAsked("part", wish), say });
    this.measure = new Measure(root, this.stage, () => this.showPicked());
    this.find("potential-bar").style.background = SIGNED_GRADIENT;
    this.listen();
  }

  // Whether it is another one than before.
  setBackground(color) {
    return this.stage.setBackground(color);
  }

  // In the colours of the background.
  redraw() {
    this.look.showLabels();
    this.measure.draw();
    if (!this.field) return;
    this.setLevel(this.drawn.level);
    this.slice.refresh();
  }

  dispose() {
    this.slice.dispose();
    this.refinement.dispose();
    this.stage.dispose();
  }

  listen() {
    const { stage } = this;
    this.find("show-potential").addEventListener("change", (event) => this.askForPotential(event.target.checked));
    this.find("range-value").addEventListener("change", (event) => {
      const value = Number(event.target.value.replace(",", "."));
      if (Number.isFinite(value) && value > 0) this.range = value;
      this.paint();
    });
    this.find("fit").addEventListener("click", () => this.fitRange());
    listenToSwitches(this, [stage], () => stage, () => downloadPicture(this));
    this.find("unpick").addEventListener("click", () => this.measure.clear());
    listenToKeys(this.find("canvas"), stage);
  }

  // A new scene: the molecule anew only where it is another, the camera as it was left.
  setScene(scene) {
    const { structure, residues, error_colors: errors, focus } = this.scene ?? {};
    const other = structure !== scene.structure || Boolean(residues) !== Boolean(scene.residues);
    const follow = structure !== scene.structure || String(focus) !== String(scene.focus);
    this.scene = scene;
    this.parts.setScene(scene);
    if (other) {
      this.stage.viewer.setViewChangeCallback(null);
      this.stage.setMolecule(scene, (atom) => this.showAtom(atom), (atom) => this.measure.pick(atom));
      this.measure.setScene(scene, (atom) => this.textOf(atom));
      const camera = this.cameras.get(scene.camera);
      if (camera) this.stage.viewer.setView(camera);
      else this.stage.frame();
      this.stage.viewer.setViewChangeCallback((view) => {
        this.cameras.set(scene.camera, view);
        this.slice.follow();
        this.refine();
      });
      this.slice.setAtoms(scene.elements, scene.positions_angstrom);
    }
    if (other || String(errors) !== String(scene.error_colors)) this.look.setScene(scene);
    this.stage.setFocus(scene.focus ?? [], follow);
    this.root.dataset.focused = this.stage.focused.length;
    this.showAtom(null);
    this.look.showLabels();
    this.drawForces();
  }

  // loadCoefficients: promises the bytes of those of this field, to refine it by where a person looks.
  setField(field, loadCoefficients) {
    const other = field !== this.refinement.field;
    if (other) this.field = field;
    this.scale = enclosedScale(this.scene.curve, this.scene.electrons);
    this.level ??= this.scene.level;
    this.drawField();
    if (other) this.refinement.setField(field, loadCoefficients);
  }

  // The density, finer or coarser somewhere.
  showRefined(field) {
    this.field = field;
    if (!this.formation.shown) this.setLevel(this.level);
  }

  // Only the density has coefficients to be refined by.
  refine() {
    if (!this.formation.shown) this.refinement.look();
  }

  sayFineness(words, explanation) {
    const place = this.find("fineness");
    place.textContent = words;
    place.title = explanation;
    this.root.dataset.refined = this.refinement?.box ? this.refinement.by : "";
  }

  // What the surface is of.
  get drawn() {
    const { formation, field, scene } = this;
    if (formation.shown) return { ...formation.reference, field: formation.field, level: formation.level, scale: formation.scale };
    return { ...scene.field, field, level: this.level, scale: this.scale };
  }

  // All that depends on which field is drawn.
  drawField() {
    const { scale, label, level } = this.drawn;
    this.control.setScale(scale, label, this.scene.electrons);
    this.setLevel(level);
    this.slice.refresh();
    this.refine();
  }

  sliceTargets() {
    if (!this.field) return [];
    const { field, label } = this.drawn;
    const { formation, stage } = this;
    return [{ stage, field, signed: field.signed, level: formation.reference?.level, label: "", title: field.signed ? label : "Density" }];
  }

  // field: of this scene, or null where there is none yet; `setField` then draws. start: of a new structure, whether it
  // is what is drawn.
  setFormation(field, start) {
    if (start !== undefined) this.formation.choose(start);
    this.formation.set(field, this.scene.formation, this.scene.offers_formation);
  }

  chooseField(formation) {
    this.find("show-surface").checked = true;
    this.say(formation && !this.formation.field ? "Computing the bond formation" : "");
    if (!formation || this.formation.field) this.drawField();
    this.onAsked("formation", { structure: this.scene.structure, shown: formation });
  }

  // problems: why something that was asked for is not there, by its name.
  tellProblems({ potential, formation }) {
    if (potential) this.potentialFailed(potential);
    if (!formation) return;
    this.formation.choose(false);
    this.drawField();
    this.say(formation);
  }

  get colored() {
    return Boolean(this.potential) && this.find("show-potential").checked && !this.formation.shown;
  }

  // The potential of this scene, or null where there is none yet. start: of a new structure, whether its surface is
  // coloured from the first, and at which level.
  setPotential(potential, start, level = MOLECULAR_SURFACE) {
    if (potential && !this.potential) this.say("");
    this.potential = potential;
    this.find("potential-switch").hidden = !(potential || this.scene.offers_potential);
    if (start !== undefined) {
      this.find("show-potential").checked = start;
      this.range = null;
      this.endColored();
      if (start) this.startColored(level);
    }
    if (!potential) return;
    const { unit } = this.scene.potential;
    this.find("potential-title").textContent = `Potential, ${unit}`;
    for (const name of ["title", "ariaLabel"])
      this.find("range-value")[name] = `Potential of full red and full blue, ${unit}`;
  }

  askForPotential(shown) {
    if (shown) {
      this.find("show-surface").checked = true;
      this.startColored(MOLECULAR_SURFACE);
    } else this.endColored();
    this.say(shown && !this.potential ? "Computing the electrostatic potential" : "");
    this.setLevel(this.drawn.level);
    this.onLevel(this.level);
    this.onAsked("potential", { structure: this.scene.structure, shown });
  }

  potentialFailed(problem) {
    this.find("show-potential").checked = false;
    this.endColored();
    this.setLevel(this.drawn.level);
    this.say(problem);
  }

  startColored(level) {
    this.before = { level: this.level ?? this.scene.level, opacity: this.stage.opacity };
    this.level = level;
    this.applyOpacity(COLORED_OPACITY);
  }

  endColored() {
    if (!this.before) return;
    if (this.level === MOLECULAR_SURFACE) this.level = this.before.level;
    this.applyOpacity(this.before.opacity);
    this.before = null;
  }

  applyOpacity(opacity) {
    this.find("opacity").value = opacity;
    this.stage.setOpacity(opacity);
  }

  fitRange() {
    this.range = suitableRange(this.stage.meshes) ?? this.range ?? 1;
    this.paint();
  }

  // The coloured surface in the colours of the range, and what the legend says of it.
  paint() {
    this.stage.paint(this.range);
    const limit = Number(this.range.toPrecision(3)).toString();
    this.find("range-value").value = limit;
    this.find("potential-low").textContent = `−${limit}`;
    this.find("potential-high").textContent = `+${limit}`;
    const found = extremes(this.stage.meshes);
    this.find("potential-text").textContent = found ? `surface: ${found.map(signedNumber).join(" to ")}` : "";
    this.applySwitches();
  }

  // moving: a step of a move, drawn from every other point.
  setLevel(level, moving = false) {
    const started = performance.now();
    const { field, largest } = this.drawn;
    level = possibleLevel(field, level, largest);
    if (this.formation.shown) this.formation.level = level;
    else this.level = level;
    const cut = moving ? this.inMotion(field) : field;
    if (this.colored) {
      this.stage.cutColored(cut, level, this.potential);
      if (this.range) this.paint();
      else this.fitRange();
    } else {
      this.stage.setLevel(cut, level);
      this.applySwitches();
    }
    this.control.show(level);
    this.root.dataset.level = level;
    this.root.dataset.levelPoints = Math.max(...cut.shape);
    this.root.dataset.levelMilliseconds = (performance.now() - started).toFixed(1);
  }

  // Where it was refined, the grid of the whole molecule is the coarser one.
  inMotion(field) {
    return field.refined ? this.refinement.field : coarser(field);
  }

  // That of the density, whatever is drawn.
  setDensityLevel(level) {
    if (this.formation.shown) this.level = possibleLevel(this.field, level, this.scene.field.largest);
    else this.setLevel(level);
  }

  // Where the lobes of the bond formation are to be, which may have to be made first.
  setLobes(level) {
    if (this.formation.shown) this.setLevel(level);
    else this.formation.level = level;
  }

  drawForces() {
    const { forces, arrows } = this.parts.shown;
    const { least } = this.parts;
    const largest = largestForce(forces);
    const unit = forcePerAngstrom(largest) / this.lengthFactor;
    this.stage.setForces(forces, 1 / unit, largest, least);
    showForceLegend(this.root, arrows, largest, unit);
    const [above, all] = countAbove(forces, least);
    this.find("count").textContent = least ? `${above} of ${all} above ${least.toLocaleString("en")}` : "";
    for (const name of ["arrow-length", "least-choice"]) this.find(name).hidden = !largest;
    this.find("show-arrows").parentElement.hidden = !largest;
    this.applySwitches();
  }

  applySwitches() {
    for (const layer of ["surface", "arrows"]) this.stage.setShown(layer, this.find(`show-${layer}`).checked);
    this.find("legend").classList.toggle("off", !this.find("show-arrows").checked);
    this.find("potential-legend").hidden = !(this.colored && this.find("show-surface").checked);
    this.find("range").hidden = !this.colored;
    this.root.dataset.colored = this.colored;
    this.root.dataset.shown = this.formation.shown ? "formation" : "density";
    this.find("fineness").hidden = this.formation.shown;
    this.find("formation-legend").hidden = !(this.formation.shown && this.find("show-surface").checked);
    if (this.formation.shown) this.formation.showLegend(this.stage.surfaceColors);
    this.slice.trim();
    this.stage.render();
  }

  textOf(index) {
    const { forces, arrows } = this.parts.shown;
    return atomText(this.scene, index, forces, inSentence(arrows));
  }

  // Of the atom under the pointer; null takes it away. Of one that is picked its picking says more.
  showAtom(index) {
    this.say(index === null || index === undefined || this.measure.picked.includes(index) ? "" : this.textOf(index));
  }

  showPicked() {
    this.find("unpick").hidden = !this.measure.picked.length;
    this.root.dataset.picked = this.measure.picked.join(" ");
    this.say("");
  }

  // A line over the picture; after an empty one what is picked is said, or nothing.
  say(message) {
    const note = this.find("note");
    note.textContent = message || this.measure.text;
    note.hidden = !note.textContent;
  }
}

function signedNumber(value) {
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}
