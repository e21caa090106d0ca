// Who the atoms are, from scene.residues (core/view/scene_residues.py): names for a person, and names for 3Dmol.

// index: of an atom of the scene. The residue's index, or undefined where there is none.
export function residueOf({ residues }, index) {
  return residues?.residue_of_atom[index];
}

// `GLU A 12`, as core/chem/topology.py has it.
export function residueLabel({ residues }, residue) {
  return [residues.names[residue], residues.chains[residue], residues.numbers[residue]].filter(Boolean).join(" ");
}

// `O1`, or `CA` where the atom has a name.
export function shortName(scene, index) {
  return residueOf(scene, index) === undefined ? `${scene.elements[index]}${index + 1}` : scene.residues.atom_names[index];
}

// `O1`, or `GLU A 12 CA`.
export function fullName(scene, index) {
  const residue = residueOf(scene, index);
  return residue === undefined ? shortName(scene, index) : `${residueLabel(scene, residue)} ${shortName(scene, index)}`;
}

// Whether a ribbon can be drawn of anything.
export function hasRibbon({ residues }) {
  return Boolean(residues?.stretches.some((stretch) => stretch >= 0));
}

// What 3Dmol needs to draw a ribbon. Its numbers are places in the list of residues, as those of the file may leap;
// `reschain` is what it takes for an unbroken stretch, and `hetflag` tells what is drawn without a ribbon.
export function nameAtoms(model, residues) {
  for (const atom of model.selectedAtoms({})) {
    const residue = residues.residue_of_atom[atom.index];
    if (residue === undefined) continue;
    Object.assign(atom, {
      atom: residues.atom_names[atom.index], resn: residues.names[residue], resi: residue, rescode: `${residue}`,
      chain: residues.chains[residue] || "A", reschain: residues.stretches[residue], ss: residues.secondary[residue],
      hetflag: residues.stretches[residue] < 0,
    });
  }
}

// The place of each residue among those of its chain that have a ribbon, 0..1; undefined for all others.
export function placesAlongChain(residues) {
  const members = new Map();
  residues.chains.forEach((chain, residue) => {
    if (residues.stretches[residue] < 0) return;
    if (!members.has(chain)) members.set(chain, []);
    members.get(chain).push(residue);
  });
  const places = residues.names.map(() => undefined);
  for (const list of members.values()) list.forEach((residue, k) => { places[residue] = list.length > 1 ? k / (list.length - 1) : 0; });
  return places;
}
