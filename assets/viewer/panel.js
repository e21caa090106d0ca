// The frame around one stage: level slider, switches, legend, hover line, buttons. Every text that came from a file
// or a person goes in as textContent. Nothing is reported to the server before a control is let go.

import { FORCE_LEGEND_MARKUP, atomText, forcePerAngstrom, largestForce, showForceLegend } from "./forces.js";
import { listenToKeys } from "./keys.js";
import { enclosedScale, possibleLevel } from "./levels.js";
import { SIGNED_GRADIENT } from "./palette.js";
import { downloadPicture } from "./picture.js";
import { extremes, suitableRange } from "./potential.js";
import { LEVEL_MARKUP, LevelControl } from "./slider.js";
import { Stage } from "./stage.js";
import { SWITCHES_MARKUP, listenToSwitches } from "./switches.js";

export const MARKUP = `
<div class="frame">
  <div class="canvas" tabindex="0" role="img"></div>
  <div class="note" role="status" hidden></div>${FORCE_LEGEND_MARKUP}
  <div class="legend potential-legend" hidden>
    <div class="potential-title"></div>
    <div class="bar potential-bar"></div>
    <div class="ticks"><span class="potential-low"></span><span>0</span><span class="potential-high"></span></div>
    <div class="potential-text"></div>
  </div>
</div>
<div class="controls">
  <div class="level">${LEVEL_MARKUP}
  </div>
  <div class="switches">
    <label><input class="show-surface" type="checkbox" checked> Density</label>
    <label class="potential-switch" title="Colour the surface by the electrostatic potential" hidden><input
      class="show-potential" type="checkbox"> Potential</label>
    <label><input class="show-arrows" type="checkbox" checked> Forces</label>
    <span class="range" hidden><label>Colours ± <input class="range-value" type="text" inputmode="decimal" size="4"></label>
      <button class="fit" type="button" title="The range that suits this surface">Fit</button></span>
    ${SWITCHES_MARKUP}
  </div>
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
    this.control = new LevelControl(this.find("level"), (level) => this.setLevel(level), () => this.onLevel(this.level));
    this.lengthFactor = 1;
    this.onLevel = () => {};
    this.onPotential = () => {};
    this.find("potential-bar").style.background = SIGNED_GRADIENT;
    this.listen();
  }

  // Whether it is another one than before.
  setBackground(color) {
    return this.stage.setBackground(color);
  }

  // In the colours of the background.
  redraw() {
    if (this.field) this.setLevel(this.level);
  }

  dispose() {
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
    listenToKeys(this.find("canvas"), stage);
  }

  // A new scene: the molecule anew only where it or its colours are others, the camera as it was left.
  setScene(scene) {
    const other = this.scene?.structure !== scene.structure || String(this.scene.atom_colors) !== String(scene.atom_colors);
    // Other colours of the same atoms are no reason to move.
    const follow = this.scene?.structure !== scene.structure || String(this.scene.focus) !== String(scene.focus);
    this.scene = scene;
    if (other) {
      this.stage.viewer.setViewChangeCallback(null);
      this.stage.setMolecule(scene.elements, scene.positions_angstrom, (atom) => this.showAtom(atom), scene.atom_colors);
      const camera = this.cameras.get(scene.camera);
      if (camera) this.stage.viewer.setView(camera);
      else this.stage.frame();
      this.stage.viewer.setViewChangeCallback((view) => this.cameras.set(scene.camera, view));
    }
    this.stage.setFocus(scene.focus ?? [], follow);
    this.root.dataset.focused = this.stage.focused.length;
    this.showAtom(null);
    this.drawForces();
  }

  setField(field) {
    this.field = field;
    this.scale = enclosedScale(this.scene.curve, this.scene.electrons);
    this.control.setScale(this.scale, this.scene.field.label, this.scene.electrons);
    this.setLevel(this.level ?? this.scene.level);
  }

  get colored() {
    return Boolean(this.potential) && this.find("show-potential").checked;
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
    this.setLevel(this.level);
    this.onLevel(this.level);
    this.onPotential({ structure: this.scene.structure, shown });
  }

  potentialFailed(problem) {
    this.find("show-potential").checked = false;
    this.endColored();
    this.setLevel(this.level);
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

  setLevel(level) {
    const started = performance.now();
    level = possibleLevel(this.field, level, this.scene.field.largest);
    this.level = level;
    if (this.colored) {
      this.stage.cutColored(this.field, level, this.potential);
      if (this.range) this.paint();
      else this.fitRange();
    } else this.stage.setLevel(this.field, level);
    this.applySwitches();
    this.control.show(level);
    this.root.dataset.level = level;
    this.root.dataset.levelMilliseconds = (performance.now() - started).toFixed(1);
  }

  drawForces() {
    const { forces_mev_per_angstrom: forces } = this.scene;
    const largest = largestForce(forces);
    const unit = forcePerAngstrom(largest) / this.lengthFactor;
    this.stage.setForces(forces, 1 / unit, largest);
    showForceLegend(this.root, this.scene.arrows, largest, unit);
    this.find("arrow-length").hidden = !largest;
    this.find("show-arrows").parentElement.hidden = !largest;
    this.applySwitches();
  }

  applySwitches() {
    for (const layer of ["surface", "arrows"]) this.stage.setShown(layer, this.find(`show-${layer}`).checked);
    this.find("legend").classList.toggle("off", !this.find("show-arrows").checked);
    this.find("potential-legend").hidden = !(this.colored && this.find("show-surface").checked);
    this.find("range").hidden = !this.colored;
    this.root.dataset.colored = this.colored;
    this.stage.render();
  }

  showAtom(index) {
    const note = this.find("note");
    note.hidden = index === null || index === undefined;
    if (note.hidden) return;
    note.textContent = atomText(this.scene, index, this.scene.forces_mev_per_angstrom, this.scene.arrows.toLowerCase());
  }

  // A line over the picture; an empty one takes it away.
  say(message) {
    const note = this.find("note");
    note.hidden = !message;
    note.textContent = message;
  }
}

function signedNumber(value) {
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}
