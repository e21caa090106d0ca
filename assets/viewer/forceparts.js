// Which forces the arrows show: all of it, or a part, which the server is asked for once. A part that has come is kept, by
// structure, over changes of the page too. meV/angstrom.

import { fillChoice } from "./choices.js";
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

const keyOf = (structure, part, within) => `${structure} ${part} ${part === "near" || part === "far" ? within : ""}`;

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
    const { structure, force_part: part } = scene;
    const other = this.scene?.structure !== structure;
    this.scene = scene;
    if (!wishes.has(structure)) wishes.set(structure, { part: "total", within: 5 });
    this.wish = wishes.get(structure);
    if (part) keep(keyOf(structure, part.part, part.within_angstrom), part);
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
    const { structure } = this.scene;
    return parts.get(keyOf(structure, this.wish.part, this.wish.within));
  }

  choose() {
    this.wish.part = this.find("part").value;
    this.show();
    const { part, within } = this.wish;
    this.waiting = part !== "total" && !this.found;
    this.say(this.waiting ? `Computing the ${new Map(PARTS).get(part)} of the forces` : "");
    if (this.waiting) this.ask({ structure: this.scene.structure, part, within_angstrom: within });
    else this.changed();
  }

  show() {
    const { part, within } = this.wish;
    this.find("within-choice").hidden = part !== "near" && part !== "far";
    this.find("within").value = within;
  }

  // { forces: flat (3 n) or null, arrows: what they are called }. Until a part has come, what was there before.
  get shown() {
    const total = { forces: this.scene.forces_mev_per_angstrom, arrows: this.scene.arrows };
    const { found } = this;
    if (this.wish.part === "total") this.last = total;
    else if (found) this.last = { forces: found.forces_mev_per_angstrom, arrows: found.label };
    return this.last ?? total;
  }
}

function keep(key, part) {
  parts.delete(key);
  parts.set(key, part);
  if (parts.size > KEPT) parts.delete(parts.keys().next().value);
}
