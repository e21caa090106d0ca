// The frame around one stage: level slider, switches, legend, hover line, buttons. Every text that came from a file
// or a person goes in as textContent. Nothing is reported to the server before a control is let go.

import { firstLevel, keepLevel } from "./chosen.js";
import { RANGE_LEGEND_MARKUP } from "./colorrange.js";
import { coarser } from "./field.js";
import { ForceParts, PARTS_MARKUP } from "./forceparts.js";
import { FORCE_LEGEND_MARKUP, atomText, countAbove, forcePerAngstrom, fullLength, inSentence, showForceLegend } from "./forces.js";
import { FORMATION_LEGEND_MARKUP, FORMATION_MARKUP, Formation } from "./formation.js";
import { listenToKeys } from "./keys.js";
import { LEAST_MARKUP, Least } from "./least.js";
import { enclosedScale, formatLevel, possibleLevel } from "./levels.js";
import { COLORS_MARKUP, LOOK_MARKUP, Look } from "./look.js";
import { Measure } from "./measure.js";
import { PICKED_MARKUP, listenToPicked, showPickedButtons } from "./picked.js";
import { downloadPicture } from "./picture.js";
import { QUANTITIES } from "./quantities.js";
import { Refinement } from "./refinement.js";
import { fullName } from "./residues.js";
import { DOUBT_LEGEND_MARKUP, SHADING_MARKUP, Shading } from "./shading.js";
import { SECOND_LEVEL_MARKUP, SECOND_MARKUP, SURFACES_LEGEND_MARKUP, Second } from "./second.js";
import { SLICE_MARKUP, SLICE_SWITCH_MARKUP, Slice } from "./slice.js";
import { SliceOf } from "./sliceof.js";
import { LEVEL_MARKUP, LevelControl } from "./slider.js";
import { Stage } from "./stage.js";
import { SUMMARY_MARKUP, Summary, atomsSentence, forcesSentence } from "./summary.js";
import { BUTTONS_MARKUP, HINT_MARKUP, LENGTH_MARKUP, OPACITY_MARKUP, listenToSwitches } from "./switches.js";

export const MARKUP = `
<div class="frame">
  <div class="canvas" tabindex="0" role="img"></div>
  <div class="note" role="status" hidden></div><span class="fineness"></span>${FORCE_LEGEND_MARKUP}${RANGE_LEGEND_MARKUP}${FORMATION_LEGEND_MARKUP}
</div>${HINT_MARKUP}${SUMMARY_MARKUP}
<div class="controls">${COLORS_MARKUP}${DOUBT_LEGEND_MARKUP}${SURFACES_LEGEND_MARKUP}
  <div class="level">${LEVEL_MARKUP}
  </div>${SECOND_LEVEL_MARKUP}
  <div class="switches">
    <label><input class="show-surface" type="checkbox" checked> Surface</label>
    ${FORMATION_MARKUP}
    ${SHADING_MARKUP}
    ${SLICE_SWITCH_MARKUP}${OPACITY_MARKUP}
    ${SECOND_MARKUP}
  </div>
  <div class="switches">
    <label><input class="show-arrows" type="checkbox" checked> Forces</label>
    ${PARTS_MARKUP}
    ${LEAST_MARKUP}${LENGTH_MARKUP}
  </div>
  <div class="switches">${LOOK_MARKUP}
    ${PICKED_MARKUP}
    ${BUTTONS_MARKUP}
  </div>${SLICE_MARKUP}
</div>`;

export class Panel {
  constructor(root, cameras, viewer = null) {
    this.root = root;
    this.find = (name) => root.querySelector(`.${name}`);
    this.cameras = cameras;
    this.stage = new Stage(this.find("canvas"), viewer);
    this.control = new LevelControl(this.find("level"), (level, moving) => this.setLevel(level, moving),
      () => this.levelChosen());
    this.formation = new Formation(this.find, (wanted) => this.chooseField(wanted));
    this.refinement = new Refinement(this.stage, (field) => this.showRefined(field), (...words) => this.sayFineness(...words));
    this.slice = new Slice(root, () => this.sliceTargets());
    this.sliceOf = new SliceOf(this);
    this.lengthFactor = 1;
    this.onLevel = () => {};
    this.onAsked = () => {};
    const say = (message) => this.say(message);
    this.look = new Look(this.find, this.stage, say);
    this.parts = new ForceParts(this.find, { changed: () => this.drawForces(), ask: (wish) => this.onAsked("part", wish), say });
    this.least = new Least(this.find, () => this.drawForces());
    this.measure = new Measure(root, [this.stage], () => this.showPicked());
    this.shading = new Shading(this);
    this.second = new Second(this);
    this.summary = new Summary(root, () => this.inWords());
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
    this.second.update();
    this.slice.refresh();
  }

  dispose() {
    this.slice.dispose();
    this.summary.dispose();
    this.refinement.dispose();
    this.stage.dispose();
  }

  listen() {
    const { stage } = this;
    listenToSwitches(this, [stage], () => stage, () => downloadPicture(this));
    listenToPicked(this, () => stage);
    listenToKeys(this.find("canvas"), stage, { step: (by) => this.showAtom(this.measure.step(by)), pick: () => this.measure.pickCursor(stage) });
  }

  // A new scene: the molecule anew only where it is another, the camera as it was left.
  setScene(scene) {
    const { structure, residues, error_colors: errors, focus } = this.scene ?? {};
    const other = structure !== scene.structure || Boolean(residues) !== Boolean(scene.residues);
    const follow = structure !== scene.structure || String(focus) !== String(scene.focus);
    if (structure !== scene.structure) this.level = firstLevel(scene, scene.level);
    this.scene = scene;
    for (const choice of [this.second, this.sliceOf]) choice.setScene(scene, structure !== scene.structure);
    this.parts.setScene(scene);
    if (other) {
      this.stage.viewer.setViewChangeCallback(null);
      this.stage.setMolecule(scene, (atom) => this.showAtom(atom), (atom) => this.measure.pick(atom));
      this.measure.setScene(scene, (atom) => this.textOf(atom));
      const camera = this.cameras.get(scene.camera);
      this.cameraKept = Boolean(camera);
      if (camera) this.stage.viewer.setView(camera);
      else this.stage.reset();
      this.stage.viewer.setViewChangeCallback((view) => {
        this.cameras.set(scene.camera, view);
        this.slice.follow();
        this.refinement.look();
      });
      this.slice.setAtoms(scene.elements, scene.positions_angstrom);
    }
    if (other || String(errors) !== String(scene.error_colors)) {
      this.look.setScene(scene);
      this.shading.setScene(scene);
    }
    this.stage.setFocus(scene.focus ?? [], follow);
    this.root.dataset.focused = this.stage.focused.length;
    this.showAtom(null);
    this.look.showLabels();
    this.drawForces();
  }

  // load: promises the bytes of the coefficients of this field, to refine it by where a person looks; or null.
  setField(field, load) {
    if (field !== this.whole) Object.assign(this, { field, whole: field, load });
    this.scale = enclosedScale(this.scene.curve, this.scene.electrons);
    this.drawField();
  }

  // What the surface is of, finer or coarser somewhere.
  showRefined(field) {
    this.source.field = field;
    this.setLevel(this.drawn.level);
    this.second.update();
  }

  // Holds what is drawn: the field as it came (whole), as it is drawn (field), and its coefficients (load).
  get source() {
    return this.formation.shown ? this.formation : this;
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
    const { source } = this;
    if (source.whole !== this.refinement.field) {
      source.field = source.whole;
      this.refinement.setField(source.whole, source.load);
    }
    const { scale, label, level } = this.drawn;
    this.control.setScale(scale, label, this.scene.electrons);
    this.setLevel(level);
    this.second.update();
    this.slice.refresh();
    this.refinement.look();
  }

  sliceTargets() {
    const { target } = this.sliceOf;
    return target ? [target] : [];
  }

  // By a name of QUANTITIES; nothing where it is not there yet.
  fieldOf(quantity) {
    return { density: this.field, formation: this.formation.field, potential: this.shading.potential }[quantity];
  }

  // Of the server. What the first surface shows of it stays as it is.
  askFor(quantity) {
    this.say(`Computing the ${QUANTITIES[quantity]}`);
    const shown = this.find(quantity === "potential" ? "show-potential" : "of-formation").checked;
    this.onAsked(quantity, { structure: this.scene.structure, shown });
  }

  // field: of this scene, or null where there is none yet; `setField` then draws. start: of a new structure, whether it
  // is what is drawn.
  setFormation(field, start, load = null) {
    if (start !== undefined) this.formation.choose(start);
    this.formation.set(field, this.scene.formation, this.scene.offers_formation, load);
  }

  chooseField(formation) {
    this.find("show-surface").checked = true;
    this.say(formation && !this.formation.field ? "Computing the bond formation" : "");
    if (!formation || this.formation.field) this.drawField();
    this.onAsked("formation", { structure: this.scene.structure, shown: formation });
  }

  // problems: why something that was asked for is not there, by its name.
  tellProblems({ potential, formation }) {
    for (const [kind, problem] of [["potential", potential], ["formation", formation]]) 
      if (problem) for (const choice of [this.second, this.sliceOf]) choice.failed(kind, problem);
    if (potential) this.shading.potentialFailed(potential);
    if (!formation) return;
    this.formation.choose(false);
    this.drawField();
    this.say(formation);
  }

  // By a second field with a range.
  get colored() {
    return this.shading.byPotential;
  }

  get colorRange() {
    return this.shading.range;
  }

  recolor() {
    this.shading.paint();
  }

  // moving: a step of a move, drawn from every other point.
  setLevel(level, moving = false) {
    const started = performance.now();
    const { field, largest } = this.drawn;
    level = possibleLevel(field, level, largest);
    if (this.formation.shown) this.formation.level = level;
    else this.level = level;
    const cut = moving ? this.inMotion(field) : field;
    if (!this.shading.draw(cut, level)) {
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
    return field.refined ? this.source.whole : coarser(field);
  }

  levelChosen() {
    if (!this.formation.shown) keepLevel(this.level);
    this.onLevel(this.level);
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
    const least = this.least.value;
    const largest = fullLength(forces);
    const unit = forcePerAngstrom(largest) / this.lengthFactor;
    this.stage.setForces(forces, 1 / unit, largest, least);
    showForceLegend(this.root, arrows, forces, unit);
    const [above, all] = countAbove(forces, least);
    this.find("count").textContent = least ? `${above} of ${all} above ${least.toLocaleString("en")}` : "";
    for (const name of ["arrow-length", "least-choice"]) this.find(name).hidden = !largest;
    this.find("show-arrows").parentElement.hidden = !largest;
    if (forces && !largest) this.say(`No arrows: ${inSentence(arrows)} is zero on every atom.`);
    this.applySwitches();
  }

  applySwitches() {
    for (const layer of ["surface", "arrows"]) this.stage.setShown(layer, this.find(`show-${layer}`).checked);
    this.find("legend").classList.toggle("off", !this.find("show-arrows").checked);
    this.shading.showLegends(this.find("show-surface").checked);
    this.root.dataset.colored = this.colored;
    this.root.dataset.doubtful = this.shading.byDoubt;
    this.root.dataset.shown = this.formation.shown ? "formation" : "density";
    this.find("formation-legend").hidden = !(this.formation.shown && this.find("show-surface").checked);
    if (this.formation.shown) this.formation.showLegend(this.stage.surfaceColors);
    this.second.showLegend();
    this.slice.trim();
    this.stage.render();
    this.summary.later();
  }

  inWords() {
    const shown = (layer) => this.find(`show-${layer}`).checked;
    const { forces, arrows } = this.parts.shown;
    const colors = this.colored ? "electrostatic potential" : this.shading.byDoubt && "expected error of the force beneath";
    return [
      atomsSentence(this.scene),
      this.field && shown("surface") && `${this.find("level-name").textContent} at ${formatLevel(this.drawn.level)} electrons per `
        + `cubic bohr${colors ? `, coloured by the ${colors}` : ""}: ${this.find("share").textContent}.`,
      this.second.sentence,
      shown("arrows") && forcesSentence(inSentence(arrows), forces, (atom) => fullName(this.scene, atom)),
      this.slice.on && `A slice shows the ${inSentence(this.sliceOf.target?.title ?? "")}.`,
    ];
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
    showPickedButtons(this);
    this.say("");
  }

  // A line over the picture; after an empty one what is picked is said, or nothing.
  say(message) {
    const note = this.find("note");
    note.textContent = message || this.measure.text;
    note.hidden = !note.textContent;
  }
}
