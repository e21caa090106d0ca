// The level of a surface as a person sets it: slider, number, ready levels, and what they enclose. The surface moves
// while the slider does, once a frame, and then coarser than when it rests; the end of a move is told apart, as only that
// is worth a word to the server.

import { electronsPerDecade, histogramPath, shareOfTrack } from "./histogram.js";
import { formatLevel } from "./levels.js";
import { Moving } from "./moving.js";
import { numberIn } from "./numbers.js";

export const DENSITY_UNIT = { text: "e/a₀³", words: "electrons per cubic bohr" };

export const LEVEL_MARKUP = `
    <label><span class="level-name">Isosurface</span>
      <span class="track"><svg class="histogram" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <title>Electrons per decade of the density</title><path class="all"></path><path class="inside"></path></svg>
      <input class="slider" type="range" aria-label="Isosurface level"></span></label>
    <div class="readout">
      <label class="value"><input class="number" type="text" inputmode="decimal" size="8"
        aria-label="Level in ${DENSITY_UNIT.words}"> <span class="unit">${DENSITY_UNIT.text}</span></label>
      <output class="share" aria-live="off"></output>
      <span class="presets"><button type="button" data-level="0.001" title="The molecule's surface as gases meet it">0.001</button>
      <button type="button" data-level="0.002" title="The molecule's surface as crystals pack it">0.002</button>
      <button type="button" data-share="0.95" title="95 % of the electrons inside">95 %</button>
      <button type="button" data-level="0.1" title="What lies along covalent bonds">bonds</button></span>
    </div>`;

export class LevelControl {
  // root: an element that holds LEVEL_MARKUP. draw(level, moving): cut the surface there and call `show`; report(): let go.
  constructor(root, draw, report = () => {}) {
    this.find = (name) => root.querySelector(`.${name}`);
    const slider = this.find("slider");
    const moving = new Moving(draw);
    slider.addEventListener("input", () => moving.move(this.scale.toLevel(Number(slider.value))));
    slider.addEventListener("change", () => {
      moving.rest();
      report();
    });
    const number = this.find("number");
    number.addEventListener("change", () => {
      const value = numberIn(number);
      if (value > 0) draw(value);
      this.show(this.level);
      // What is no number chooses nothing.
      if (value > 0) report();
    });
    for (const button of root.querySelectorAll(".presets button"))
      button.addEventListener("click", () => {
        const { level, share } = button.dataset;
        draw(level ? Number(level) : this.scale.atShare(Number(share)));
        report();
      });
  }

  // scale: of levels.js. electrons: what a share is of. whose: the density, where more than one is drawn. unit: as above.
  setScale(scale, name, electrons, whose = "", unit = DENSITY_UNIT) {
    Object.assign(this, { scale, electrons, whose, unit });
    this.find("unit").textContent = unit.text;
    this.find("number").ariaLabel = `Level in ${unit.words}`;
    Object.assign(this.find("slider"), { min: scale.minimum, max: scale.maximum, step: scale.step });
    this.find("level-name").textContent = name;
    const encloses = Boolean(scale.share);
    this.find("histogram").style.display = encloses ? "" : "none";
    this.find("presets").hidden = !encloses;
    if (encloses)
      for (const part of ["all", "inside"])
        this.find(part).setAttribute("d", histogramPath(electronsPerDecade(scale, electrons)));
  }

  show(level) {
    this.level = level;
    const { scale, electrons } = this;
    this.find("slider").value = scale.toPosition(level);
    this.find("number").value = formatLevel(level);
    this.find("inside").style.clipPath = `inset(0 ${(100 * (1 - shareOfTrack(scale, level))).toFixed(2)}% 0 0)`;
    const share = scale.share?.(level);
    const { whose } = this;
    const text = share == null ? `${lobesText(scale, level)}${whose && ` (${whose})`}`
      : `${whose && `${whose}: `}${(100 * share).toFixed(share > 0.99 ? 2 : 1)} % of the electrons inside: ${(share * electrons).toFixed(2)} of ${electrons.toFixed(0)}`;
    this.find("share").textContent = text;
    this.find("slider").setAttribute("aria-valuetext", `${formatLevel(level)} ${this.unit.words}, ${text}`);
  }
}

// Fewer electrons are rounding.
const NO_ELECTRONS = 1e-9;

function lobesText({ displaced, remark }, level) {
  if (displaced && displaced.electrons < NO_ELECTRONS) return "no difference";
  const held = displaced && `, which hold ${(100 * displaced.share(level)).toFixed(0)} % of ${displaced.electrons.toPrecision(3)} displaced electrons`;
  return `drawn at +${formatLevel(level)} and −${formatLevel(level)}${held ?? remark?.(level) ?? ""}`;
}
