// A second surface beside the first and seen through it: of the density, of the bond formation or of the electrostatic
// potential, at a level of its own. What is not there yet is asked for, once.

import { fillChoice } from "./choices.js";
import { coarser } from "./field.js";
import { formatLevel, logarithmicScale, possibleLevel } from "./levels.js";
import { legendOf } from "./look.js";
import { css } from "./palette.js";
import { largestAtEnds, startingLevel } from "./potential.js";
import { QUANTITIES, quantitiesOf } from "./quantities.js";
import { DENSITY_UNIT, LEVEL_MARKUP, LevelControl } from "./slider.js";

const MEANING = "A second isosurface, seen through the first. Those of the potential: of all points where a positive charge has "
  + "this energy, or this energy less. The positive one always holds the nuclei, near which the potential has no end.";

export const SECOND_MARKUP = `<label class="second-choice" title="${MEANING}" hidden>Second surface <select
      class="second"></select></label>`;
export const SECOND_LEVEL_MARKUP = `<div class="level second-level" hidden></div>`;
export const SURFACES_LEGEND_MARKUP = `<div class="surfaces-legend" role="group" aria-label="Colours of both surfaces" hidden></div>`;

// Of a second surface of the density: that of molecules in crystals, or within it what lies along bonds.
const OUTER = 0.002;
const INNER = 0.1;
// Of the potential: the slider goes to a thousandth of it, in the unit of the scene.
const LARGEST_POTENTIAL = 300;

export class Second {
  // panel: whose picture it is in.
  constructor(panel) {
    Object.assign(this, { panel, find: panel.find, levels: {}, control: null });
    fillChoice(this.find("second"), [["none", "none"]], "none");
    this.find("second").addEventListener("change", () => this.choose());
  }

  // "none", or a name of QUANTITIES.
  get kind() {
    return this.find("second").value;
  }

  // Whether it is drawn.
  get shown() {
    return Boolean(this.control);
  }

  // Of a scene: what there is to choose. A new structure starts without. What the workshop moves about has no second.
  setScene(scene, other) {
    fillChoice(this.find("second"), [["none", "none"], ...quantitiesOf(scene)], other ? "none" : this.kind);
    this.find("second-choice").hidden = scene.moves;
    if (!other) return;
    this.levels = {};
    this.hide();
  }

  choose() {
    const { panel, kind } = this;
    panel.say("");
    this.update();
    if (kind !== "none" && !this.field) panel.askFor(kind);
  }

  // problem: why there is none.
  failed(kind, problem) {
    if (kind !== this.kind) return;
    this.find("second").value = "none";
    this.update();
    this.panel.say(problem);
  }

  // What it is cut from, or nothing where that is not there yet.
  get field() {
    return this.panel.fieldOf(this.kind);
  }

  get unit() {
    const { unit } = this.panel.scene.potential ?? {};
    return this.kind === "potential" ? { text: unit, words: unit } : DENSITY_UNIT;
  }

  get largest() {
    const { panel: { scene }, kind } = this;
    return { density: scene.field, formation: scene.formation, potential: { largest: LARGEST_POTENTIAL } }[kind].largest;
  }

  get scale() {
    const { panel, kind, field } = this;
    if (kind === "density") return panel.scale;
    if (kind === "formation") return panel.formation.scale;
    const ends = largestAtEnds(field);
    const remark = (level) => (level < ends ? ", cut off at the end of what was computed" : "");
    return { ...logarithmicScale(this.largest), remark };
  }

  get firstLevel() {
    const { panel, kind } = this;
    if (kind === "density") return panel.level > 3 * OUTER ? OUTER : INNER;
    return kind === "formation" ? panel.scene.formation.level : startingLevel(this.field);
  }

  get level() {
    return this.levels[this.kind];
  }

  // Of what has lobes: not those of the first surface.
  get colors() {
    const { panel: { stage, formation }, kind } = this;
    const { density, apart, ...pairs } = stage.secondColors;
    return kind === "density" ? { density } : formation.shown ? apart : pairs[kind];
  }

  // All anew: another choice, field or ground.
  update() {
    const { panel, kind } = this;
    const there = kind !== "none" && Boolean(this.field);
    const glass = there && this.field.signed && !panel.formation.shown;
    const otherColor = glass !== panel.stage.glass;
    panel.stage.glass = glass;
    if (there) {
      this.makeControl();
      this.control.setScale(this.scale, `Second: ${QUANTITIES[kind]}`, panel.scene.electrons, "", this.unit);
      this.setLevel(this.level ?? this.firstLevel);
    } else this.hide();
    if (otherColor) panel.setLevel(panel.drawn.level);
    else if (!there) panel.applySwitches();
  }

  makeControl() {
    if (this.control) return;
    const place = this.find("second-level");
    place.hidden = false;
    place.innerHTML = LEVEL_MARKUP;
    place.querySelector(".slider").ariaLabel = "Level of the second surface";
    this.control = new LevelControl(place, (level, moving) => this.setLevel(level, moving));
  }

  hide() {
    this.control = null;
    this.find("second-level").replaceChildren();
    this.find("second-level").hidden = true;
    this.panel.stage.removeLayer("second");
    delete this.panel.root.dataset.second;
  }

  // moving: a step of a move, drawn from every other point.
  setLevel(wanted, moving = false) {
    const started = performance.now();
    const { panel, kind, field } = this;
    const level = possibleLevel(field, wanted, this.largest);
    this.levels[kind] = level;
    const { whole } = kind === "formation" ? panel.formation : panel;
    const cut = !moving ? field : field.refined ? whole : coarser(field);
    panel.stage.setSecond(cut, level, this.colors);
    this.control.show(level);
    Object.assign(panel.root.dataset, {
      second: kind, secondLevel: level, secondPoints: Math.max(...cut.shape), secondMilliseconds: (performance.now() - started).toFixed(1),
    });
    panel.applySwitches();
  }

  // Where it is to be drawn, once it is there.
  moveTo(level) {
    this.levels[this.kind] = level;
    if (this.shown) this.setLevel(level);
  }

  // Its colours, and that of a first surface that has one: title and legend as of `coloringOf`.
  get legend() {
    const { panel: { stage, drawn, shading, formation, find }, kind, colors: { density, more, less }, unit } = this;
    const entry = (color, name, sign, level, { text }) => [css(color), `${name} ${sign}${formatLevel(level)} ${text}`];
    const plain = find("show-surface").checked && !formation.shown && !shading.byPotential && !shading.byDoubt;
    const first = plain ? [entry(stage.densityColor, QUANTITIES.density, "", drawn.level, DENSITY_UNIT)] : [];
    const second = kind === "density" ? [entry(density, QUANTITIES.density, "", this.level, unit)]
      : [entry(more, QUANTITIES[kind], "+", this.level, unit), entry(less, QUANTITIES[kind], "−", this.level, unit)];
    return { title: "Surfaces:", legend: [...first, ...second] };
  }

  showLegend() {
    this.find("surfaces-legend").hidden = !this.shown;
    if (this.shown) this.find("surfaces-legend").replaceChildren(...legendOf(this.legend));
  }

  // For files.
  get words() {
    const sign = this.kind === "density" ? "" : "±";
    return `${QUANTITIES[this.kind]}, ${sign}${formatLevel(this.level)} ${this.unit.text}`;
  }

  // For who does not see it.
  get sentence() {
    const sign = this.kind === "density" ? "" : "plus and minus ";
    return this.shown && `Second surface, ${QUANTITIES[this.kind]}, at ${sign}${formatLevel(this.level)} ${this.unit.words}: `
      + `${this.control.find("share").textContent}.`;
  }
}
