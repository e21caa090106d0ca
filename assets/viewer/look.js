// How the molecule looks: drawn as what, in which colours, with which names; the lists to choose from, and the legend of
// the colours. What was chosen holds for the next structure too, as far as that one offers it.

import { fillChoice } from "./choices.js";
import { coloringOf, schemesOf } from "./coloring.js";
import { LABELS, Labels } from "./labels.js";
import { REPRESENTATIONS, stylesOf, usualRepresentation } from "./representation.js";
import { hasRibbon } from "./residues.js";

export const LOOK_MARKUP = `
    <label class="representation-choice" title="Ribbons follow the backbone of proteins and nucleic acids">Molecule
      <select class="representation"></select></label>
    <label class="coloring-choice" title="What the colours of the atoms and ribbons stand for">Colours <select class="coloring"></select></label>
    <label title="Names in the picture">Labels <select class="labels"></select></label>`;

export const COLORS_MARKUP = `<div class="colors" role="group" aria-label="Colours of the atoms"></div>`;

const chosen = { representation: null, coloring: "element", labels: "none" };

export class Look {
  // find(name): of an element that holds both markups. stages: one, or several that show the same molecule and look
  // alike. say(text): over the picture. remedy: as of Labels.
  constructor(find, stages, say, remedy = "tick residues in the table below to label theirs") {
    Object.assign(this, { find, stages: [stages].flat(), say });
    this.labels = this.stages.map((stage) => new Labels(stage, remedy));
    for (const name of Object.keys(chosen))
      find(name).addEventListener("change", (event) => {
        chosen[name] = event.target.value;
        this.draw(name);
      });
  }

  // Of a scene whose molecule stands on the stage.
  setScene(scene) {
    this.scene = scene;
    const ribbon = hasRibbon(scene);
    this.find("representation-choice").hidden = !ribbon;
    const kinds = ribbon ? REPRESENTATIONS : REPRESENTATIONS.slice(0, 1);
    fillChoice(this.find("representation"), kinds, chosen.representation, usualRepresentation(scene, ribbon));
    const schemes = schemesOf(scene);
    this.find("coloring-choice").hidden = schemes.length < 2;
    fillChoice(this.find("coloring"), schemes, chosen.coloring);
    fillChoice(this.find("labels"), LABELS.filter(([kind]) => kind !== "residues" || scene.residues), chosen.labels);
    this.setStyles();
  }

  setStyles() {
    const { scene } = this;
    this.coloring = coloringOf(scene, this.find("coloring").value);
    const styles = stylesOf(this.find("representation").value, this.coloring, scene.elements.length);
    for (const stage of this.stages) stage.setStyles(styles);
    this.find("colors").replaceChildren(...legendOf(this.coloring));
  }

  draw(changed) {
    if (changed !== "labels") this.setStyles();
    else this.say(this.showLabels());
    for (const stage of this.stages) stage.render();
  }

  // Anew: the atoms that are looked at, or the ink of the page, may be others. Returns a remark, or "".
  showLabels() {
    const [{ focused }] = this.stages;
    return this.labels.map((labels) => labels.show(this.find("labels").value, this.scene, focused))[0];
  }
}

// { title, legend, ramp }: as of `coloringOf`.
export function legendOf({ title, legend, ramp }) {
  const swatches = legend.map(([color, text, title = ""]) => {
    const dot = Object.assign(document.createElement("span"), { className: "dot" });
    dot.style.background = color;
    const entry = Object.assign(document.createElement("span"), { className: "swatch", title });
    entry.append(dot, text);
    return entry;
  });
  if (title) swatches.unshift(title);
  if (!ramp) return swatches;
  const bar = Object.assign(document.createElement("span"), { className: "ramp" });
  bar.style.background = `linear-gradient(90deg, ${ramp.stops.join(", ")})`;
  const line = Object.assign(document.createElement("span"), { className: "swatch" });
  line.append(ramp.low, bar, ramp.high);
  return [...swatches, line];
}
