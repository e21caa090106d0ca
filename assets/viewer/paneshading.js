// What the surfaces of both densities are coloured by in linked pictures: the difference of the densities, the potential
// of each, or the difference of the potentials. Potentials are asked for when a person wants them first. Both surfaces
// have the colours of one range.

import { fillChoice } from "./choices.js";
import { ColorRange, RANGE_MARKUP } from "./colorrange.js";
import { linearValues, sample } from "./field.js";
import { signedColors } from "./palette.js";
import { COLORED_OPACITY, MOLECULAR_SURFACE } from "./shading.js";

export const PANE_SHADING_MARKUP = `
    <label class="shading-choice" title="What the surfaces of both densities are coloured by">Coloured by <select class="shading"></select></label>
    ${RANGE_MARKUP}`;

const KINDS = [["none", "nothing"], ["density", "difference of density"]];
const OF_POTENTIALS = [["potential", "potential"], ["potentials", "difference of potential"]];

export class PaneShading {
  // panes: whose surfaces they are; redrawn by its setLevel.
  constructor(panes) {
    Object.assign(this, { panes, find: panes.find, potentials: [], before: null, asked: false });
    this.range = new ColorRange(this.find, () => this.recolor());
    this.find("shading").addEventListener("change", () => this.choose());
  }

  get kind() {
    return this.find("shading").value;
  }

  // Whether it takes the potentials, and they are not there yet.
  get waits() {
    return this.ofPotentials && !this.potentials[0];
  }

  get ofPotentials() {
    return OF_POTENTIALS.some(([kind]) => kind === this.kind);
  }

  // Whether the surfaces that are drawn have the colours of a second field.
  get on() {
    return this.kind !== "none" && !this.waits && !this.panes.formation.shown;
  }

  get words() {
    const label = [...KINDS, ...OF_POTENTIALS].find(([kind]) => kind === this.kind)[1];
    return this.on && `The surfaces of the densities are coloured by the ${label}.`;
  }

  // fields: of the panes. potentials: of the panes likewise, that of the signed one their difference; null where they
  // were not asked for yet. other: whether the structure is another; otherDifference: whether the difference is.
  setScene(scene, fields, potentials, other, otherDifference) {
    const kinds = scene.offers_potential ? [...KINDS, ...OF_POTENTIALS] : KINDS;
    fillChoice(this.find("shading"), kinds, this.kind);
    const [first] = scene.panes;
    const signed = scene.panes.findIndex((pane) => pane.signed);
    const { against, potential } = scene.panes[signed];
    Object.assign(this, { potentials, signed, difference: fields[signed], unit: potential?.unit });
    this.quantity = `${first.label} minus ${against}`;
    if (other || otherDifference) this.range.limit = null;
    if (other) this.before = null;
    if (this.kind === "none") this.makeOpaque(false);
    this.nameQuantity();
    // The potentials of the one before were asked for.
    if (other && this.waits) this.ask();
  }

  nameQuantity() {
    const { quantity, unit } = this;
    const within = `${quantity[0].toLowerCase()}${quantity.slice(1)}`;
    if (this.kind === "potentials")
      this.range.setQuantity({ quantity: `Potential, ${within}`, unit, name: `electrostatic potential, ${within}`, word: "difference" });
    else if (this.kind === "potential")
      this.range.setQuantity({ quantity: "Potential", unit, name: "electrostatic potential", word: "potential" });
    else this.range.setQuantity({ quantity, unit: "e/a₀³", name: `density, ${within}`, word: "difference", unitOfFiles: "e/bohr^3" });
  }

  // What the server is to know: whether the potentials of this structure are wanted.
  ask() {
    this.asked = this.ofPotentials;
    this.panes.onAsked("potential", { structure: this.panes.scene.structure, shown: this.asked });
  }

  // What is under way, or "".
  get remark() {
    return this.waits ? "Computing both electrostatic potentials" : "";
  }

  choose() {
    const { panes } = this;
    if (this.kind !== "none") this.find("show-surface").checked = true;
    this.range.limit = null;
    this.nameQuantity();
    this.makeOpaque(this.kind !== "none");
    panes.setLevel(false, this.levelWanted());
    panes.showAtom(null);
    if (this.ofPotentials !== this.asked) this.ask();
  }

  // Where potentials are looked at, as crystals pack molecules; else as it was before.
  levelWanted() {
    const level = this.panes.levels.get(false);
    if (this.ofPotentials) {
      this.before ??= level;
      return this.before === level ? MOLECULAR_SURFACE : level;
    }
    const { before } = this;
    this.before = null;
    return before && level === MOLECULAR_SURFACE ? before : level;
  }

  // Colours are pale on what is seen through. An opacity that a person chose stays.
  makeOpaque(wanted) {
    const slider = this.find("opacity");
    if (wanted) slider.dataset.usual = COLORED_OPACITY;
    else delete slider.dataset.usual;
    const [from, to] = wanted ? [slider.defaultValue, String(COLORED_OPACITY)] : [String(COLORED_OPACITY), slider.defaultValue];
    if (slider.value !== from) return;
    slider.value = to;
    this.panes.stages.forEach((stage, pane) => pane !== this.signed && stage.setOpacity(Number(to)));
  }

  failed(problem) {
    if (!this.waits) return;
    const { panes } = this;
    this.find("shading").value = "none";
    // The server has taken the wish back already.
    this.asked = false;
    this.choose();
    panes.notes.sayOnce(problem);
  }

  // Cuts the surface of a pane, for `paint` to colour it.
  draw(pane, field, level) {
    const second = this.kind === "density" ? { ...this.difference, values: linearValues(this.difference) }
      : this.potentials[this.kind === "potential" ? pane : this.signed];
    for (const mesh of this.panes.stages[pane].cut(field, level)) mesh.values = sample(second, mesh.vertices);
  }

  // The surfaces that are cut.
  paint() {
    const painted = this.panes.stages.filter((_, pane) => pane !== this.signed);
    const limit = this.range.fitted(painted.flatMap(({ meshes }) => meshes));
    for (const stage of painted) stage.paint(({ values }) => signedColors(values, limit));
  }

  recolor() {
    if (!this.on) return;
    this.paint();
    this.panes.applySwitches();
  }

  showLegend(surface) {
    this.range.show(this.on, this.on && surface);
  }
}
