// Names in the picture, on demand: of atoms or of residues. More than can be read are not drawn: of a large structure
// one residue in several, and only the atoms that are looked at.

import { addLabel } from "./annotations.js";
import { middle } from "./geometry.js";
import { residueOf, shortName } from "./residues.js";

const MOST_ATOMS = 200;
const MOST_RESIDUES = 60;
const STEPS = [1, 2, 5, 10, 20, 50, 100];

export const LABELS = [["none", "None"], ["atoms", "Atoms"], ["residues", "Residues"]];

export class Labels {
  // remedy: what to do where not all can be labelled; empty where nothing can be done.
  constructor(stage, remedy = "") {
    Object.assign(this, { stage, remedy, drawn: [] });
  }

  // kind: of LABELS. focused: atoms that are looked at. Returns what to say where nothing could be drawn, or "".
  show(kind, scene, focused) {
    for (const label of this.drawn) this.stage.viewer.removeLabel(label);
    this.drawn = [];
    const { wanted, problem } = { none: () => ({ wanted: [], problem: "" }), atoms: atomLabels, residues: residueLabels }[kind](scene, focused);
    const point = (atom) => this.stage.positions.slice(3 * atom, 3 * atom + 3);
    this.drawn = (wanted ?? []).map(([text, atoms]) => addLabel(this.stage, text, middle(...atoms.map(point)), { small: true }));
    return problem && `${problem}${this.remedy && `: ${this.remedy}`}.`;
  }
}

function atomLabels(scene, focused) {
  const all = scene.elements.length <= MOST_ATOMS;
  const atoms = all ? [...scene.elements.keys()] : focused.slice(0, MOST_ATOMS);
  const problem = atoms.length ? "" : `${scene.elements.length.toLocaleString("en")} atoms are too many to label`;
  return { wanted: atoms.map((atom) => [shortName(scene, atom), [atom]]), problem };
}

function residueLabels(scene, focused) {
  const { residues } = scene;
  const atomsOf = new Map();
  (focused.length ? focused : [...scene.elements.keys()]).forEach((atom) => {
    const residue = residueOf(scene, atom);
    if (residue === undefined || (!focused.length && residues.kinds[residue] === "water")) return;
    if (!atomsOf.has(residue)) atomsOf.set(residue, []);
    atomsOf.get(residue).push(atom);
  });
  const step = STEPS.find((n) => atomsOf.size <= n * MOST_RESIDUES) ?? STEPS.at(-1);
  const problem = step > 1 ? `One in ${step} residues is labelled` : "";
  const several = new Set(residues.chains).size > 1;
  const text = (residue) => [residues.names[residue], several && residues.chains[residue], residues.numbers[residue]].filter(Boolean).join(" ");
  // At the atom that a ribbon goes through, or else in the middle.
  const anchor = (atoms) => {
    const trace = atoms.filter((atom) => ["CA", "P"].includes(residues.atom_names[atom]) && residues.stretches[residueOf(scene, atom)] >= 0);
    return trace.length ? trace : atoms;
  };
  const wanted = [...atomsOf].filter((_, place) => (place + 1) % step === 0);
  return { wanted: wanted.map(([residue, atoms]) => [text(residue), anchor(atoms)]), problem };
}
