// The frame around the stage: level slider, switches, legend, hover line, buttons. Every text that came from a file
// or a person goes in as textContent. Nothing is reported to the server before a control is let go.

import { codeOf } from "./field.js";
import { electronsPerDecade, histogramPath, shareOfTrack } from "./histogram.js";
import { formatLevel, levelScale } from "./levels.js";
import { MAGNITUDE_GRADIENT, SIGNED_GRADIENT } from "./palette.js";
import { downloadPicture } from "./picture.js";
import { extremes, suitableRange } from "./potential.js";
import { Stage } from "./stage.js";

export const MARKUP = `
<div class="frame">
  <div class="canvas" tabindex="0" role="img"></div>
  <div class="note" role="status" hidden></div>
  <div class="legend" hidden>
    <div class="legend-title"></div>
    <div class="bar"></div>
    <div class="ticks"><span class="low">0</span><span class="high"></span></div>
    <div class="scale"><span class="scale-text"></span></div>
  </div>
  <div class="legend potential-legend" hidden>
    <div class="potential-title"></div>
    <div class="bar potential-bar"></div>
    <div class="ticks"><span class="potential-low"></span><span>0</span><span class="potential-high"></span></div>
    <div class="potential-text"></div>
  </div>
  <div class="lobes" hidden><span class="more"></span>more than DFT <span class="less"></span>less</div>
</div>
<div class="controls">
  <div class="level">
    <label><span class="level-name">Isosurface</span>
      <span class="track"><svg class="histogram" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <title>Electrons per decade of the density</title><path class="all"></path><path class="inside"></path></svg>
      <input class="slider" type="range" aria-label="Isosurface level"></span></label>
    <div class="readout">
      <label class="value"><input class="number" type="text" inputmode="decimal" size="8"
        aria-label="Level in electrons per cubic bohr"> e/a₀³</label>
      <output class="share" aria-live="polite"></output>
      <span class="presets"><button type="button" data-level="0.001" title="The molecule's surface as gases meet it">0.001</button>
      <button type="button" data-level="0.002" title="The molecule's surface as crystals pack it">0.002</button>
      <button type="button" data-share="0.95" title="95 % of the electrons inside">95 %</button>
      <button type="button" data-level="0.1" title="What lies along covalent bonds">bonds</button></span>
    </div>
  </div>
  <div class="switches">
    <label><input class="show-surface" type="checkbox" checked> <span class="surface-name">Density</span></label>
    <label class="potential-switch" title="Colour the surface by the electrostatic potential" hidden><input
      class="show-potential" type="checkbox"> Potential</label>
    <label><input class="show-arrows" type="checkbox" checked> Forces</label>
    <span class="range" hidden><label>Colours ± <input class="range-value" type="text" inputmode="decimal" size="4"></label>
      <button class="fit" type="button" title="The range that suits this surface">Fit</button></span>
    <label class="small">Opacity <input class="opacity" type="range" min="0.15" max="1" step="0.05" value="0.6"></label>
    <label class="small arrow-length">Arrows <input class="length" type="range" min="-1" max="1" step="0.05" value="0"
      aria-label="Length of the arrows"></label>
    <span class="buttons"><button class="home" type="button" title="Show everything (Home)">Reset view</button>
    <button class="png" type="button">Save PNG</button></span>
  </div>
</div>`;

const NICE = [5, 2, 1];
// A coloured surface starts where crystals pack molecules, e/bohr^3, and almost opaque.
const MOLECULAR_SURFACE = 0.002;
const COLORED_OPACITY = 0.9;

// The force whose arrow is 1 angstrom long: the nice number that makes the largest arrow 0.9 to 2.3 angstrom.
function niceForce(largest) {
  const most = largest / 0.9;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * NICE.find((n) => n * power <= most);
}

export class Panel {
  constructor(root, cameras, viewer = null) {
    this.root = root;
    this.find = (name) => root.querySelector(`.${name}`);
    this.cameras = cameras;
    this.stage = new Stage(this.find("canvas"), viewer);
    this.lengthFactor = 1;
    this.onLevel = () => {};
    this.onPotential = () => {};
    this.find("bar").style.background = MAGNITUDE_GRADIENT;
    this.find("potential-bar").style.background = SIGNED_GRADIENT;
    this.listen();
  }

  listen() {
    const { stage } = this;
    const slider = this.find("slider");
    slider.addEventListener("input", () => this.requestLevel(this.scale.toLevel(Number(slider.value))));
    slider.addEventListener("change", () => this.onLevel(this.level));
    const number = this.find("number");
    number.addEventListener("change", () => {
      const value = Number(number.value.replace(",", "."));
      if (Number.isFinite(value) && value > 0) this.setLevel(value);
      this.showLevel();
      this.onLevel(this.level);
    });
    this.find("show-potential").addEventListener("change", (event) => this.askForPotential(event.target.checked));
    this.find("range-value").addEventListener("change", (event) => {
      const value = Number(event.target.value.replace(",", "."));
      if (Number.isFinite(value) && value > 0) this.range = value;
      this.paint();
    });
    this.find("fit").addEventListener("click", () => this.fitRange());
    for (const layer of ["surface", "arrows"])
      this.find(`show-${layer}`).addEventListener("change", () => this.applySwitches());
    for (const button of this.root.querySelectorAll(".presets button"))
      button.addEventListener("click", () => {
        const { level, share } = button.dataset;
        this.setLevel(level ? Number(level) : this.scale.atShare(Number(share)));
        this.onLevel(this.level);
      });
    this.find("opacity").addEventListener("input", (event) => {
      stage.setOpacity(Number(event.target.value));
      stage.render();
    });
    this.find("length").addEventListener("input", (event) => {
      this.lengthFactor = 10 ** Number(event.target.value);
      this.drawForces();
    });
    this.find("home").addEventListener("click", () => stage.frame());
    this.find("png").addEventListener("click", () => downloadPicture(this));
    this.find("canvas").addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    const moves = {
      ArrowLeft: ["y", -6], ArrowRight: ["y", 6], ArrowUp: ["x", -6], ArrowDown: ["x", 6],
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) this.stage.turn(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.stage.zoom(1.15);
    else if (event.key === "-") this.stage.zoom(1 / 1.15);
    else if (event.key === "Home") this.stage.frame();
    else return;
    event.preventDefault();
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
    this.scale = levelScale(this.scene);
    const slider = this.find("slider");
    Object.assign(slider, { min: this.scale.minimum, max: this.scale.maximum, step: this.scale.step });
    this.find("level-name").textContent = this.scene.field.label;
    this.find("lobes").hidden = !field.signed;
    this.find("histogram").style.display = field.signed ? "none" : "";
    this.find("presets").hidden = field.signed;
    if (!field.signed)
      for (const part of ["all", "inside"])
        this.find(part).setAttribute("d", histogramPath(electronsPerDecade(this.scale, this.scene.electrons)));
    this.find("surface-name").textContent = field.signed ? "Difference" : "Density";
    if (field.signed !== this.signed && !this.before) this.applyOpacity(field.signed ? 0.85 : 0.6);
    const keep = this.level && (this.signed === undefined || field.signed === this.signed);
    this.setLevel(keep ? this.level : this.scene.level);
    this.signed = field.signed;
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

  requestLevel(level) {
    this.wanted = level;
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.setLevel(this.wanted);
    });
  }

  setLevel(level) {
    const started = performance.now();
    const code = codeOf(this.field, level);
    if (!(code > 0 && code < 65535)) level = Math.min(Math.max(level, this.field.knee), this.scene.field.largest);
    this.level = level;
    if (this.colored) {
      this.stage.cutColored(this.field, level, this.potential);
      if (this.range) this.paint();
      else this.fitRange();
    } else this.stage.setLevel(this.field, level);
    this.applySwitches();
    this.showLevel();
    this.root.dataset.levelMilliseconds = (performance.now() - started).toFixed(1);
  }

  showLevel() {
    const { scale, level } = this;
    this.find("slider").value = scale.toPosition(level);
    this.find("number").value = formatLevel(level);
    this.find("inside").style.clipPath = `inset(0 ${(100 * (1 - shareOfTrack(scale, level))).toFixed(2)}% 0 0)`;
    const share = scale.share?.(level);
    const electrons = this.scene.electrons;
    const text = share == null
      ? `drawn at +${formatLevel(level)} and −${formatLevel(level)}`
      : `${(100 * share).toFixed(share > 0.99 ? 2 : 1)} % of the electrons inside: ${(share * electrons).toFixed(2)} of ${electrons.toFixed(0)}`;
    this.find("share").textContent = text;
    this.find("slider").setAttribute("aria-valuetext", `${formatLevel(level)} electrons per cubic bohr, ${text}`);
    this.root.dataset.level = level;
  }

  drawForces() {
    const { forces_mev_per_angstrom: forces } = this.scene;
    let largest = 0;
    for (let k = 0; k < (forces?.length ?? 0); k += 3)
      largest = Math.max(largest, Math.hypot(forces[k], forces[k + 1], forces[k + 2]));
    const unit = largest ? niceForce(largest) : 1;
    const perForce = this.lengthFactor / unit;
    this.stage.setForces(forces, perForce, largest);
    this.find("legend").hidden = !largest;
    this.find("legend-title").textContent = `${this.scene.arrows}, meV/Å`;
    this.find("high").textContent = Math.round(largest).toLocaleString("en");
    this.find("scale-text").textContent =
      `arrow of 1 Å: ${Number((unit / this.lengthFactor).toPrecision(2)).toLocaleString("en")} meV/Å`;
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
    const { elements, forces_mev_per_angstrom: forces } = this.scene;
    if (!forces) {
      note.textContent = `Atom ${index + 1}, ${elements[index]}`;
      return;
    }
    if (index >= elements.length - this.scene.free_ions) {
      note.textContent = `Atom ${index + 1}, ${elements[index]}: a free ion as it is alone, not predicted`;
      return;
    }
    const force = forces.slice(3 * index, 3 * index + 3);
    const parts = force.map((x) => x.toFixed(0).replace("-", "−")).join(", ");
    note.textContent = `Atom ${index + 1}, ${elements[index]}: ${this.scene.arrows.toLowerCase()} ${Math.hypot(...force).toFixed(0)} meV/Å  (${parts})`;
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
