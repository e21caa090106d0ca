// Several pictures of one molecule side by side: each pane a stage of its own, all under one camera. Viewers of 3Dmol
// draw by turns in one shared WebGL context, so panes cost no more of those than one picture. Where there is no room
// for all side by side one is shown, and the person chooses which. Text from outside goes in as textContent.

import { firstLevel, keepLevel } from "./chosen.js";
import { displaced } from "./displaced.js";
import { coarser } from "./field.js";
import { listenToKeys } from "./keys.js";
import { enclosedScale, logarithmicScale, possibleLevel } from "./levels.js";
import { CameraLink } from "./link.js";
import { Look } from "./look.js";
import { Measure } from "./measure.js";
import { css } from "./palette.js";
import { PaneFormation } from "./paneformation.js";
import { PaneForces } from "./paneforces.js";
import { PaneNotes } from "./panenotes.js";
import { PaneShading } from "./paneshading.js";
import { panesMarkup } from "./panesmarkup.js";
import { downloadPanes } from "./panespicture.js";
import { sentencesOf } from "./paneswords.js";
import { listenToPicked, showPickedButtons } from "./picked.js";
import { Slice } from "./slice.js";
import { LevelControl } from "./slider.js";
import { Stage } from "./stage.js";
import { Summary } from "./summary.js";
import { listenToSwitches } from "./switches.js";

// In pixels: three panes and their legends need this much.
const ROOM_FOR_ALL = 720;
// A difference is small lobes, seen through each other less well than one closed surface.
const OPACITY_OF_DIFFERENCE = 0.85;

export class Panes {
  constructor(root, cameras, count) {
    root.innerHTML = panesMarkup(count);
    // The component puts its own in place of this.
    Object.assign(this, { root, cameras, chosen: 0, lengthFactor: 1, onAsked: () => {} });
    this.find = (name) => root.querySelector(`.${name}`);
    this.hosts = [...root.querySelectorAll(".pane")];
    this.stages = this.hosts.map((host) => new Stage(host.querySelector(".canvas")));
    this.link = new CameraLink(this.stages, (stage) => this.inSight(this.stages.indexOf(stage)),
      (view) => {
        this.cameras.set(this.scene.camera, view);
        this.slice.follow();
      });
    this.slice = new Slice(root, () => this.sliceTargets());
    // By whether they are signed: the level of the densities, and that of their difference.
    this.controls = new Map([[false, "of-densities"], [true, "of-difference"]].map(([signed, name]) =>
      [signed, new LevelControl(this.find(name), (level, moving) => this.setLevel(signed, level, moving),
        () => signed || this.formation.shown || keepLevel(this.levels.get(false)))]));
    this.find("of-difference").querySelector(".slider").ariaLabel = "Level of the difference";
    this.formation = new PaneFormation(this);
    this.shading = new PaneShading(this);
    this.forces = new PaneForces(this);
    this.notes = new PaneNotes(this);
    this.measure = new Measure(root, this.stages, () => this.showPicked());
    this.summary = new Summary(root, () => sentencesOf(this));
    this.look = new Look(this.find, this.stages, (text) => (text ? this.notes.sayOnce(text) : this.showAtom(null)), "");
    this.listen();
    this.observer = new ResizeObserver(() => this.arrange());
    this.observer.observe(root);
    this.arrange();
  }

  dispose() {
    this.slice.dispose();
    this.summary.dispose();
    this.observer.disconnect();
    for (const stage of this.stages) stage.dispose();
  }

  listen() {
    listenToPicked(this, () => this.stages[this.chosen]);
    listenToSwitches(this, this.stages, () => this.stages[this.chosen], () => downloadPanes(this));
    const { measure } = this;
    for (const stage of this.stages)
      listenToKeys(stage.host, stage, { step: (by) => this.showAtom(measure.step(by)), pick: () => measure.pickCursor(stage) });
  }

  inSight(pane) {
    return !this.narrow || pane === this.chosen;
  }

  // Whether the densities' surfaces have the colours of a second field, and which range they span.
  get colored() {
    return this.shading.on;
  }

  get colorRange() {
    return this.shading.range;
  }

  recolor() {
    this.shading.recolor();
  }

  // By name, why something that was asked for could not be made.
  tellProblems({ potential, formation }) {
    if (potential) this.shading.failed(potential);
    if (formation) this.formation.failed(formation);
  }

  // All side by side, or the chosen one.
  arrange() {
    const before = this.narrow;
    this.narrow = this.root.clientWidth < ROOM_FOR_ALL;
    this.root.classList.toggle("narrow", this.narrow);
    this.root.dataset.pane = this.chosen;
    this.hosts.forEach((host, pane) => host.classList.toggle("out-of-sight", !this.inSight(pane)));
    [...this.find("chooser").children].forEach((button, pane) => button.setAttribute("aria-pressed", pane === this.chosen));
    const signed = this.scene?.panes[this.chosen].signed;
    this.find("of-densities").classList.toggle("out-of-use", this.narrow && signed === true);
    this.find("of-difference").classList.toggle("out-of-use", this.narrow && signed === false);
    this.stages.forEach((stage, pane) => this.inSight(pane) && this.link.catchUp(stage));
    if (this.slice?.on) this.slice.refresh();
    if (!this.scene) return;
    // What is measured is said in a picture that is in sight.
    if (before !== this.narrow) this.showAtom(null);
    this.summary.later();
  }

  choose(pane) {
    this.chosen = pane;
    this.arrange();
    this.showAtom(null);
  }

  // Of what is in sight; what is not is sliced when it comes.
  sliceTargets() {
    return (this.scene?.panes ?? []).flatMap(({ label }, k) => {
      if (!this.inSight(k)) return [];
      const { field, level, name: title } = this.drawn(k);
      return [{ stage: this.stages[k], field, signed: field.signed, level, label, title }];
    });
  }

  // What the surface of a picture is of. level: where it starts; largest: of |value|, e/bohr^3; name: of all of its kind.
  drawn(k) {
    const { signed, field: { largest }, level } = this.scene.panes[k];
    const { reference, fields, shown } = this.formation;
    if (!shown || signed) return { field: this.fields[k], largest, level, name: this.nameOf(signed) };
    return { field: fields[k], largest: this.scene.panes[k].formation.largest, level: reference.level, name: reference.label };
  }

  // A new scene, the fields of its panes, and their potentials and bond formations where they are there: the molecule anew
  // only where it is another, the camera as it was left.
  setScene(scene, fields, potentials = [], formations = []) {
    const { structure, residues, error_colors: errors } = this.scene ?? {};
    const other = structure !== scene.structure || Boolean(residues) !== Boolean(scene.residues);
    const digests = ({ panes }) => panes.map((pane) => pane.signed && pane.field.digest).join();
    const otherDifference = !other && digests(this.scene) !== digests(scene);
    Object.assign(this, { scene, fields });
    this.link.stop();
    this.nameThem();
    if (other) {
      for (const stage of this.stages)
        stage.setMolecule(scene, (atom) => this.showAtom(atom), (atom) => this.measure.pick(atom, stage));
      this.measure.setScene(scene, () => "");
      this.slice.setAtoms(scene.elements, scene.positions_angstrom);
      this.levels = new Map(scene.panes.map(({ signed, level }) => [signed, signed ? level : firstLevel(scene, level)]));
      scene.panes.forEach((pane, k) => pane.signed && this.stages[k].setOpacity(OPACITY_OF_DIFFERENCE));
    }
    if (other || String(errors) !== String(scene.error_colors)) this.look.setScene(scene);
    this.forces.setScene(scene);
    for (const stage of this.stages) stage.setBefore(scene.before_angstrom);
    // Another difference, to another level of theory, may be several times as large.
    if (otherDifference) this.levels.set(true, scene.panes.find((pane) => pane.signed).level);
    this.formation.setScene(scene, formations, other);
    this.scaleDensities();
    const difference = scene.panes.find((pane) => pane.signed);
    this.difference = fields[scene.panes.indexOf(difference)];
    this.shading.setScene(scene, fields, potentials, other, otherDifference);
    const scale = logarithmicScale(difference.field.largest, displaced(this.difference));
    this.controls.get(true).setScale(scale, this.nameOf(true), scene.electrons);
    this.showAtom(null);
    this.look.showLabels();
    this.link.start();
    if (other) {
      const camera = this.cameras.get(scene.camera);
      this.cameraKept = Boolean(camera);
      if (camera) this.stages[0].viewer.setView(camera);
      else this.stages[0].reset();
      for (const stage of this.stages) this.link.catchUp(stage);
    }
    this.arrange();
    this.drawForces();
    this.redraw();
  }

  nameOf(signed) {
    return this.scene.panes.filter((pane) => pane.signed === signed).map((pane) => pane.label).join(" and ");
  }

  nameThem() {
    const buttons = this.scene.panes.map((pane, k) => {
      const host = this.hosts[k];
      host.querySelector(".pane-label").textContent = pane.label;
      host.querySelector(".canvas").ariaLabel = `${pane.label}. ${this.scene.description}`;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = pane.label;
      button.addEventListener("click", () => this.choose(k));
      return button;
    });
    this.find("chooser").replaceChildren(...buttons);
  }

  // What the two colours of a picture mean, where it has such.
  nameLobes() {
    this.scene.panes.forEach(({ signed, against }, k) => {
      const find = (name) => this.hosts[k].querySelector(`.${name}`);
      find("lobes").hidden = !this.drawn(k).field.signed;
      find("than").textContent = signed ? `more than ${against}` : "gained against free atoms";
      find("other").textContent = signed ? "less" : "lost";
    });
  }

  // All that depends on what the surfaces of both densities are of.
  drawDensities() {
    this.scaleDensities();
    this.setLevel(false, this.levelOf(false));
    this.slice.refresh();
  }

  scaleDensities() {
    const { curve, electrons, panes: [{ label }] } = this.scene;
    const { shown, scale } = this.formation;
    this.controls.get(false).setScale(shown ? scale : enclosedScale(curve, electrons), this.drawn(0).name, electrons, label);
    this.nameLobes();
  }

  setBackground(color) {
    const other = this.stages.map((stage) => stage.setBackground(color)).some(Boolean);
    this.stages.forEach(({ surfaceColors }, k) => {
      for (const kind of ["more", "less"]) this.hosts[k].querySelector(`.${kind}`).style.background = css(surfaceColors[kind]);
    });
    return other;
  }

  // Both levels anew, in the colours of the background.
  redraw() {
    if (!this.scene) return;
    this.look.showLabels();
    this.measure.draw();
    for (const signed of this.levels.keys()) this.setLevel(signed, this.levelOf(signed));
    this.slice.refresh();
  }

  // Of what is drawn.
  levelOf(signed) {
    return !signed && this.formation.shown ? this.formation.level : this.levels.get(signed);
  }

  // That of the densities, whatever is drawn.
  setDensityLevel(level) {
    if (this.formation.shown) this.levels.set(false, possibleLevel(this.fields[0], level, this.scene.panes[0].field.largest));
    else this.setLevel(false, level);
  }

  // Where the lobes of the bond formation are to be, which may have to be made first.
  setLobes(level) {
    if (this.formation.shown) this.setLevel(false, level);
    else this.formation.level = level;
  }

  // e/bohr^3, of all panes that are signed, or of all that are not: one level, so that they can be held together.
  setLevel(signed, level, moving = false) {
    const alike = this.scene.panes.flatMap((pane, k) => (pane.signed === signed ? [k] : []));
    for (const k of alike) level = possibleLevel(this.drawn(k).field, level, this.drawn(k).largest);
    if (!signed && this.formation.shown) this.formation.level = level;
    else this.levels.set(signed, level);
    const colored = this.colored && !signed;
    for (const k of alike) {
      const whole = this.drawn(k).field;
      const field = moving ? coarser(whole) : whole;
      if (colored) this.shading.draw(k, field, level);
      else this.stages[k].setLevel(field, level);
    }
    if (colored) this.shading.paint();
    this.controls.get(signed).show(level);
    this.root.dataset[signed ? "differenceLevel" : "level"] = level;
    this.applySwitches(alike);
  }

  drawForces() {
    this.forces.draw();
  }

  applySwitches(panes = this.scene.panes.keys()) {
    for (const layer of ["surface", "arrows"]) {
      const shown = this.find(`show-${layer}`).checked;
      for (const stage of this.stages) stage.setShown(layer, shown);
    }
    for (const host of this.hosts) host.querySelector(".legend").classList.toggle("off", !this.find("show-arrows").checked);
    this.shading.showLegend(this.find("show-surface").checked);
    this.root.dataset.colored = this.colored;
    this.root.dataset.shown = this.formation.shown ? "formation" : "density";
    this.slice.trim();
    for (const k of panes) this.stages[k].render();
    this.summary.later();
  }

  showPicked() {
    showPickedButtons(this);
    this.showAtom(null);
  }

  showAtom(index) {
    this.notes.showAtom(index);
  }
}
