// What the surface of a density is coloured by beside its own colour: the potential at it, which is asked for when a person
// wants it first, or the expected error of the atoms beneath it. One at a time.

import { colorsBeneath } from "./beneath.js";
import { ColorRange, RANGE_MARKUP } from "./colorrange.js";
import { sample } from "./field.js";
import { legendOf } from "./look.js";
import { signedColors } from "./palette.js";

export const SHADING_MARKUP = `
    <label class="potential-switch" title="Colour the surface by the electrostatic potential" hidden><input
      class="show-potential" type="checkbox"> Potential</label>
    <label class="doubt-switch" title="Colour the surface by the expected error of the force on the atoms beneath it" hidden><input
      class="show-doubt" type="checkbox"> Expected error</label>
    ${RANGE_MARKUP}`;

export const DOUBT_LEGEND_MARKUP = `<div class="doubt-legend" role="group" aria-label="Colours of the surface" hidden></div>`;

// A coloured surface starts where crystals pack molecules, e/bohr^3, and almost opaque.
export const MOLECULAR_SURFACE = 0.002;
export const COLORED_OPACITY = 0.9;
const SWITCHES = ["show-potential", "show-doubt"];

export class Shading {
  // panel: whose surface it is; redrawn by its setLevel.
  constructor(panel) {
    Object.assign(this, { panel, find: panel.find, potential: null, before: null });
    this.range = new ColorRange(this.find, () => this.paint());
    this.find("show-potential").addEventListener("change", (event) => this.choose("show-potential", event.target.checked));
    this.find("show-doubt").addEventListener("change", (event) => this.choose("show-doubt", event.target.checked));
  }

  // Whether the surface that is drawn has the colours of the potential.
  get byPotential() {
    return Boolean(this.potential) && this.find("show-potential").checked && !this.panel.formation.shown;
  }

  // Those of the expected errors.
  get byDoubt() {
    return this.find("show-doubt").checked && Boolean(this.panel.scene.error_colors) && !this.panel.formation.shown;
  }

  // What can say how reliable it is, of this scene.
  setScene({ error_colors: colors }) {
    this.find("doubt-switch").hidden = !colors;
    this.find("doubt-legend").replaceChildren(...legendOf(this.doubtLegend));
  }

  get doubtLegend() {
    return { title: "Surface, expected error of the force beneath:", legend: this.panel.scene.error_legend };
  }

  // The potential of this scene, or null where there is none yet. start: of a new structure, whether its surface is
  // coloured by it from the first.
  setPotential(potential, start) {
    const { scene } = this.panel;
    if (potential && !this.potential) this.panel.say("");
    this.potential = potential;
    this.find("potential-switch").hidden = !(potential || scene.offers_potential);
    if (start !== undefined) {
      this.find("show-potential").checked = start;
      this.find("show-doubt").checked = false;
      this.range.limit = null;
      this.end();
      if (start) this.start();
    }
    if (potential)
      this.range.setQuantity({ quantity: "Potential", unit: scene.potential.unit, name: "electrostatic potential", word: "potential" });
  }

  choose(name, shown) {
    const { panel } = this;
    const hadPotential = name === "show-doubt" && shown && this.find("show-potential").checked;
    if (shown) {
      for (const other of SWITCHES) this.find(other).checked = other === name;
      this.find("show-surface").checked = true;
      this.start();
    } else this.end();
    const byPotential = name === "show-potential" && shown;
    panel.say(byPotential && !this.potential ? "Computing the electrostatic potential" : "");
    panel.setLevel(panel.drawn.level);
    panel.onLevel(panel.level);
    if (name === "show-potential" || hadPotential)
      panel.onAsked("potential", { structure: panel.scene.structure, shown: byPotential });
  }

  potentialFailed(problem) {
    this.find("show-potential").checked = false;
    if (!this.byDoubt) this.end();
    this.panel.setLevel(this.panel.drawn.level);
    this.panel.say(problem);
  }

  start() {
    const { panel } = this;
    if (this.before) return;
    this.before = { level: panel.level ?? panel.scene.level, opacity: panel.stage.opacity };
    panel.level = MOLECULAR_SURFACE;
    this.find("opacity").dataset.usual = COLORED_OPACITY;
    this.setOpacity(COLORED_OPACITY);
  }

  end() {
    const { panel, before } = this;
    if (!before) return;
    if (panel.level === MOLECULAR_SURFACE) panel.level = before.level;
    delete this.find("opacity").dataset.usual;
    this.setOpacity(before.opacity);
    this.before = null;
  }

  setOpacity(opacity) {
    this.find("opacity").value = opacity;
    this.panel.stage.setOpacity(opacity);
  }

  // Cuts the surface and colours it; false where it has no second field.
  draw(field, level) {
    if (!this.byPotential && !this.byDoubt) return false;
    const meshes = this.panel.stage.cut(field, level);
    if (this.byPotential) for (const mesh of meshes) mesh.values = sample(this.potential, mesh.vertices);
    this.paint();
    return true;
  }

  paint() {
    const { stage, scene } = this.panel;
    if (this.byDoubt) stage.paint(({ vertices }) => colorsBeneath(vertices, scene.positions_angstrom, scene.error_colors));
    else if (this.byPotential) {
      const limit = this.range.fitted(stage.meshes);
      stage.paint(({ values }) => signedColors(values, limit));
    }
    this.panel.applySwitches();
  }

  showLegends(surface) {
    this.range.show(this.byPotential, this.byPotential && surface);
    this.find("doubt-legend").hidden = !(this.byDoubt && surface);
  }
}
