// Atoms that a person picks in the picture, four at most, and what lies between them: two have a distance, three an
// angle, four a dihedral. A picked atom that is clicked again is let go; a fifth begins anew.

import { addLabel } from "./annotations.js";
import { angle, dihedral, distance, middle } from "./geometry.js";
import { PICKED } from "./palette.js";
import { fullName, shortName } from "./residues.js";

const MOST = 4;

// points: [x, y, z] each, angstrom. { name, value, at: where to write it }, or null for fewer than two.
export function measured(points) {
  const [a, b, c, d] = points;
  const minus = (text) => text.replace("-", "−");
  if (points.length === 2) return { name: "Distance", value: `${distance(a, b).toFixed(3)} Å`, at: middle(a, b) };
  if (points.length === 3) return { name: "Angle", value: `${angle(a, b, c).toFixed(1)}°`, at: middle(a, b, b, b, c) };
  if (points.length === 4) return { name: "Dihedral", value: minus(`${dihedral(a, b, c, d).toFixed(1)}°`), at: middle(b, c) };
  return null;
}

export class Measure {
  // root: Escape in it lets all go. stages: with the same molecule, and drawn in all of them. changed(): other atoms are
  // picked.
  constructor(root, stages, changed) {
    Object.assign(this, { stages, changed, picked: [], drawn: [], cursor: null });
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || (!this.picked.length && this.cursor === null)) return;
      event.preventDefault();
      this.clear();
    });
  }

  // describe(index): what to say of one atom alone.
  setScene(scene, describe) {
    Object.assign(this, { scene, describe });
    this.clear();
  }

  // stage: where it was clicked.
  pick(index, stage = this.stages[0]) {
    const { picked } = this;
    if (picked.includes(index)) this.picked = picked.filter((other) => other !== index);
    else this.picked = picked.length < MOST ? [...picked, index] : [index];
    // 3Dmol keeps a click from moving the focus, and the keys should go to the picture now.
    stage.host.focus({ preventScroll: true });
    this.draw();
    this.changed();
  }

  // The next atom (1) or the one before (-1), to be picked without a pointer; returns its index.
  step(by) {
    const count = this.scene.elements.length;
    const before = this.cursor ?? (by > 0 ? -1 : 0);
    this.cursor = (before + by + count) % count;
    this.draw();
    return this.cursor;
  }

  pickCursor(stage) {
    if (this.cursor !== null) this.pick(this.cursor, stage);
  }

  // Whether these, by index, can be picked.
  choose(atoms) {
    const count = this.scene.elements.length;
    if (atoms.length > MOST || new Set(atoms).size < atoms.length) return false;
    if (!atoms.every((atom) => Number.isInteger(atom) && atom >= 0 && atom < count)) return false;
    this.picked = atoms;
    this.draw();
    this.changed();
    return true;
  }

  clear() {
    if (!this.picked.length && this.cursor === null) return;
    Object.assign(this, { picked: [], cursor: null });
    this.draw();
    this.changed();
  }

  get points() {
    return this.picked.map((index) => this.stages[0].positions.slice(3 * index, 3 * index + 3));
  }

  // For the line over the picture; empty where nothing is picked.
  get text() {
    const { picked, scene } = this;
    if (!picked.length) return "";
    if (picked.length === 1) return `${this.describe(picked[0])} (picked; the next gives the distance)`;
    const { name, value } = measured(this.points);
    return `${name} ${picked.map((index) => fullName(scene, index)).join(" – ")}: ${value}`;
  }

  draw() {
    for (const { stage, shape, label } of this.drawn) {
      if (shape) stage.viewer.removeShape(shape);
      if (label) stage.viewer.removeLabel(label);
    }
    this.drawn = this.stages.flatMap((stage) => this.drawnOn(stage));
    for (const stage of this.stages) stage.render();
  }

  drawnOn(stage) {
    const { points } = this;
    const at = ([x, y, z]) => ({ x, y, z });
    const drawn = points.map((point) => ({ stage, shape: stage.viewer.addSphere({ center: at(point), radius: 0.36, color: PICKED }) }));
    points.slice(1).forEach((point, k) => drawn.push({
      stage, shape: stage.viewer.addCylinder({ start: at(points[k]), end: at(point), radius: 0.09, color: PICKED, fromCap: 2, toCap: 2 }),
    }));
    if (this.cursor !== null) {
      const center = at(stage.positions.slice(3 * this.cursor, 3 * this.cursor + 3));
      drawn.push({ stage, shape: stage.viewer.addSphere({ center, radius: 0.5, color: PICKED, alpha: 0.45 }) });
    }
    const found = measured(points);
    if (found) drawn.push({ stage, label: addLabel(stage, found.value, found.at, { bold: true }) });
    else if (points.length) drawn.push({ stage, label: addLabel(stage, shortName(this.scene, this.picked[0]), points[0]) });
    return drawn;
  }
}
