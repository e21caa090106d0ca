// What a slice is of: of what the surface is, or of the density, the bond formation or the electrostatic potential. What is
// not there yet is asked for, and until then the slice is as it was.

import { fillChoice } from "./choices.js";
import { startingLevel } from "./potential.js";
import { quantitiesOf } from "./quantities.js";

export const SLICE_OF_MARKUP = `<label class="slice-of-choice" title="What the colours, lines and values of the slice are of"
      hidden>Slice of <select class="slice-of"></select></label>`;

const USUAL = ["surface", "what the surface is of"];
// Next to nuclei the potential of a grid says no more than that it is beyond this, in the unit of the scene; and what is
// smaller than a hundredth of the largest that has a colour is nearly nothing.
const MOST = 300;
const DECADES = 2;

export class SliceOf {
  // panel: whose slice it is.
  constructor(panel) {
    Object.assign(this, { panel, find: panel.find });
    this.find("slice-of").addEventListener("change", () => this.choose());
  }

  get kind() {
    return this.find("slice-of").value;
  }

  // A new structure starts with what the surface is of.
  setScene(scene, other) {
    const kinds = quantitiesOf(scene);
    fillChoice(this.find("slice-of"), [USUAL, ...kinds], other ? USUAL[0] : this.kind);
    this.find("slice-of-choice").hidden = kinds.length < 2;
  }

  choose() {
    const { panel, kind } = this;
    const missing = kind !== USUAL[0] && !panel.fieldOf(kind);
    panel.say("");
    if (missing) panel.askFor(kind);
    panel.slice.refresh();
    panel.summary.later();
  }

  // problem: why there is none.
  failed(kind, problem) {
    if (kind !== this.kind) return;
    this.find("slice-of").value = USUAL[0];
    this.panel.slice.refresh();
    this.panel.say(problem);
  }

  // As of Slice's targets; null where there is nothing yet.
  get target() {
    const { panel, kind } = this;
    const { stage, formation, scene } = panel;
    const shown = formation.shown ? "formation" : "density";
    const quantity = kind !== USUAL[0] && panel.fieldOf(kind) ? kind : shown;
    const field = panel.fieldOf(quantity);
    if (!field) return null;
    const own = {
      density: () => ({ title: "Density" }),
      formation: () => ({ title: scene.formation.label, level: scene.formation.level }),
      potential: () => ({ title: "Electrostatic potential", level: startingLevel(field), unit: scene.potential.unit, decades: DECADES, most: MOST }),
    };
    return { stage, field, signed: field.signed, label: "", ...own[quantity]() };
  }
}
