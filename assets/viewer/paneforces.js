// The arrows of linked pictures: which forces they show, on which scale, and what is to be said of them. Arrows and their
// colours have one scale in all panes of a kind; the legend tells the other scale of a difference. meV/angstrom.

import { ForceParts } from "./forceparts.js";
import { countAbove, forcePerAngstrom, fullLength, inSentence, showForceLegend } from "./forces.js";
import { Least } from "./least.js";

const OF_DFT = " The nuclear part is the same in both, so all of the error is the electrons'. The near and the far part of "
  + "what the prediction is held against are those of its fitted density; which atom a function between two atoms is "
  + "counted with differs between prediction and fit.";
const SHARED = "Mostly no error: prediction and fit share the density between near and far atoms in their own ways.";

export class PaneForces {
  // panes: whose forces they are.
  constructor(panes) {
    Object.assign(this, { panes, find: panes.find });
    const anew = () => {
      this.draw();
      panes.showAtom(null);
    };
    this.parts = new ForceParts(this.find, { changed: anew, ask: (wish) => panes.onAsked("part", wish), say: () => panes.showAtom(null) });
    this.least = new Least(this.find, () => this.draw());
    this.find("part-choice").title += OF_DFT;
    this.find("show-arrows").addEventListener("change", () => panes.showAtom(null));
  }

  setScene(scene) {
    this.scene = scene;
    this.parts.setScene(scene);
  }

  // { forces: flat (3 n) or null, arrows: what they are called } in a picture.
  of(pane) {
    return this.parts.shownIn(pane);
  }

  draw() {
    const { stages, hosts, lengthFactor } = this.panes;
    const least = this.least.value;
    const shown = this.scene.panes.map(({ signed }, k) => ({ k, signed, ...this.of(k) }));
    const some = shown.some(({ forces }) => forces);
    for (const control of [this.find("show-arrows").parentElement, this.find("arrow-length"), this.find("least-choice")]) control.hidden = !some;
    for (const signed of [false, true]) {
      const alike = shown.filter((pane) => pane.signed === signed);
      const largest = Math.max(...alike.map(({ forces }) => fullLength(forces)));
      const unit = forcePerAngstrom(largest) / lengthFactor;
      for (const { k, forces, arrows } of alike) {
        stages[k].setForces(forces, 1 / unit, largest, least);
        const [above, all] = countAbove(forces, least);
        hosts[k].querySelector(".count").textContent = least ? `${above} of ${all} above ${least.toLocaleString("en")}` : "";
        showForceLegend(hosts[k], arrows, forces, unit, { full: largest, note: signed ? " (own scale)" : "" });
      }
    }
    this.panes.applySwitches();
  }

  // What a picture says of its arrows, or of there being none; or "".
  remark(pane) {
    const { forces, arrows } = this.of(pane);
    const { signed } = this.scene.panes[pane];
    if (!forces || !this.find("show-arrows").checked) return "";
    if (forces.some(Boolean)) return signed && this.parts.isShared ? SHARED : "";
    if (signed && this.parts.drawn?.part === "nuclear")
      return "No arrows: the nuclear part is the same in both, so its difference is zero.";
    return `No arrows: ${inSentence(arrows)} is zero on every atom.`;
  }
}
