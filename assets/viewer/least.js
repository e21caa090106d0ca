// From which size on arrows are drawn, typed by a person. meV/angstrom.

import { numberIn } from "./numbers.js";

const MOST = 1e6;

export const LEAST_MARKUP = `<label class="least-choice" title="Smaller arrows are left out">Only above <input class="least" type="text"
      inputmode="decimal" size="5" value="0"> meV/Å</label>`;

export class Least {
  // find(name): of an element that holds the markup. changed(): it is another one now.
  constructor(find, changed) {
    Object.assign(this, { value: 0 });
    find("least").addEventListener("change", ({ target }) => {
      this.value = Math.min(MOST, Math.max(0, numberIn(target) ?? this.value));
      target.value = this.value;
      changed();
    });
  }
}
