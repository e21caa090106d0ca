// Bond formation in linked pictures: of each density what it has gained and lost against free atoms, drawn in place of
// both at one level. Their difference stays that of the densities, as the free atoms cancel.

import { Formation } from "./formation.js";

export class PaneFormation extends Formation {
  // panes: whose densities they are; redrawn by its drawDensities.
  constructor(panes) {
    super(panes.find, (wanted) => this.want(wanted));
    Object.assign(this, { panes, fields: [] });
  }

  // fields: of the panes, null where there is none. other: whether the structure is another.
  setScene(scene, fields, other) {
    if (other) {
      this.choose(false);
      this.set(null);
    }
    this.fields = fields;
    this.set(fields[0] ?? null, scene.panes[0].formation, scene.offers_formation, null);
  }

  // What is under way, or "".
  get remark() {
    return this.wanted && !this.field ? "Computing the bond formation of both" : "";
  }

  want(wanted) {
    const { panes } = this;
    this.find("show-surface").checked = true;
    panes.drawDensities();
    panes.showAtom(null);
    panes.onAsked("formation", { structure: panes.scene.structure, shown: wanted });
  }

  failed(problem) {
    if (!this.remark) return;
    this.choose(false);
    this.panes.drawDensities();
    this.panes.notes.sayOnce(problem);
  }
}
