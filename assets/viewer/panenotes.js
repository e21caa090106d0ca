// What stands over linked pictures in words: the force on an atom, which is another in each, what is measured, and what
// is under way. Text goes in as textContent.

import { atomText } from "./forces.js";

export class PaneNotes {
  // panes: over whose pictures it stands.
  constructor(panes) {
    this.panes = panes;
  }

  // Of one atom in all panes at once, as each has another force for it; null takes it away. What is measured between
  // picked atoms is the same in all, and said in one.
  showAtom(index) {
    const { panes } = this;
    const { picked } = panes.measure;
    const words = (atom, k) => {
      const { forces, arrows } = panes.forces.of(k);
      return atomText(panes.scene, atom, forces, arrows);
    };
    if (index !== null && index !== undefined && !picked.includes(index)) this.say((k) => words(index, k));
    else if (picked.length === 1) this.say((k) => `${words(picked[0], k)}${k === this.first ? " (picked; the next gives the distance)" : ""}`);
    else this.say((k) => this.atRest(k));
  }

  // Where what holds for all is said.
  get first() {
    return this.panes.narrow ? this.panes.chosen : 0;
  }

  atRest(k) {
    const { forces, formation, measure, shading } = this.panes;
    return formation.remark || shading.remark || forces.parts.remark || (k === this.first && measure.text) || forces.remark(k);
  }

  sayOnce(text) {
    this.say((k) => (k === this.first ? text : ""));
  }

  // words(k): over picture k; where they are empty there is nothing.
  say(words) {
    this.panes.hosts.forEach((host, k) => {
      const note = host.querySelector(".note");
      note.textContent = words(k);
      note.hidden = !note.textContent;
    });
  }
}
