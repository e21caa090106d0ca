// Which forces the arrows show: all of it, or a part, which the server is asked for once. A part that has come is kept, by
// structure, over changes of the page too. meV/angstrom.

import { fillChoice } from "./choices.js";
import { inSentence } from "./forces.js";
import { numberIn } from "./numbers.js";

const MEANING = "Nuclear part: from the other nuclei. Electronic part: from all electrons. Near and far part: from the nuclei and "
  + "electrons of the atoms on either side of a distance.";

export const PARTS_MARKUP = `
    <label class="part-choice" title="${MEANING}" hidden>Arrows show <select class="part"></select></label>
    <label class="within-choice" title="How near an atom must be to count as near, 2 to 8 Å" hidden>within <input class="within"
      type="text" inputmode="decimal" size="3" value="5"> Å</label>`;

const PARTS = [["total", "whole force"], ["nuclear", "nuclear part"], ["electronic", "electronic part"], ["near", "near part"],
  ["far", "far part"]];
const [LEAST_WITHIN, MOST_WITHIN] = [2, 8];
const KEPT = 32;
const parts = new Map();
const wishes = new Map();

// Of linked pictures it matters what is compared, too.
const sourceOf = ({ structure, panes }) => [structure, ...panes.map(({ field }) => field.digest)].join(" ");
const keyOf = (scene, part, within) => `${sourceOf(scene)} ${part} ${part === "near" || part === "far" ? within : ""}`;

export class ForceParts {
  // find(name): of an element that holds the markup. changed(): draw the arrows anew. ask({ structure, part,
  // within_angstrom }): of the server. say(text): over the picture.
  constructor(find, { changed, ask, say }) {
    Object.assign(this, { find, changed, ask, say });
    fillChoice(find("part"), PARTS, "total");
    find("part").addEventListener("change", () => this.choose());
    find("within").addEventListener("change", (event) => {
      const value = numberIn(event.target);
      this.wish.within = Math.round(10 * Math.min(MOST_WITHIN, Math.max(LEAST_WITHIN, value ?? this.wish.within))) / 10;
      this.choose();
    });
  }

  // part: of the forces, as the scene brings it, or null.
  setScene(scene) {
    const { structure, panes, force_part: part } = scene;
    const other = !this.scene || sourceOf(this.scene) !== sourceOf(scene);
    this.scene = scene;
    const name = `${panes.length} ${structure}`;
    if (!wishes.has(name)) wishes.set(name, { part: "total", within: 5 });
    this.wish = wishes.get(name);
    if (part) keep(keyOf(scene, part.part, part.within_angstrom), part);
    if (other) Object.assign(this, { last: null, waiting: false });
    if (this.waiting && this.found) {
      this.waiting = false;
      this.say("");
    }
    this.find("part-choice").hidden = !scene.offers_parts;
    this.find("part").value = this.wish.part;
    this.show();
    // Of a structure that was there before, and whose part is no longer kept.
    if (other && scene.offers_parts && this.wish.part !== "total" && !this.found) this.choose();
  }

  get found() {
    return parts.get(keyOf(this.scene, this.wish.part, this.wish.within));
  }

  choose() {
    this.wish.part = this.find("part").value;
    this.show();
    const { part, within } = this.wish;
    this.waiting = part !== "total" && !this.found;
    this.say(this.remark);
    if (this.waiting) this.ask({ structure: this.scene.structure, part, within_angstrom: within });
    else this.changed();
  }

  // What is under way, or "".
  get remark() {
    return this.waiting ? `Computing the ${new Map(PARTS).get(this.wish.part)} of the forces` : "";
  }

  show() {
    const { part, within } = this.wish;
    this.find("within-choice").hidden = part !== "near" && part !== "far";
    this.find("within").value = within;
  }

  // What the arrows show of the forces, as a scene brings it; null: the whole. Until a part has come, what was there before.
  get drawn() {
    if (this.wish.part === "total") this.last = null;
    else if (this.found) this.last = this.found;
    return this.last;
  }

  // { forces: flat (3 n) or null, arrows: what they are called }.
  get shown() {
    const { scene, drawn } = this;
    return drawn ? { forces: drawn.forces_mev_per_angstrom, arrows: drawn.label }
      : { forces: scene.forces_mev_per_angstrom, arrows: scene.arrows };
  }

  // The same of one of several linked pictures.
  shownIn(pane) {
    const { forces_mev_per_angstrom: forces, arrows, signed } = this.scene.panes[pane];
    const { drawn } = this;
    if (!drawn) return { forces, arrows };
    const whole = signed && this.isShared ? "difference of the force" : arrows;
    return { forces: drawn.of_panes[pane], arrows: `${whole}, ${inSentence(drawn.label)}` };
  }

  // Whether it is a part that depends on how the atoms share the density.
  get isShared() {
    return ["near", "far"].includes(this.drawn?.part);
  }
}

function keep(key, part) {
  parts.delete(key);
  parts.set(key, part);
  if (parts.size > KEPT) parts.delete(parts.keys().next().value);
}
