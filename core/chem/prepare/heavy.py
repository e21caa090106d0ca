"""Missing heavy atoms of standard residues, built by PDBFixer from its templates; no atom of the file moves.

PDBFixer is given the polymer as one PDB text and its new atoms are taken back by residue and name. It runs on OpenMM's
Reference platform with a fixed seed, so that the same input gives the same positions. What it would download (templates
of other residues) is never asked for.
"""

import io
from importlib.metadata import version

import numpy as np
from scipy.spatial import cKDTree

from core.chem.components import standard_components
from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue
from core.chem.prepare.links import bound_elsewhere
from core.chem.prepare.local import built_locally, strain
from core.chem.prepare.naming import AMINO_ACIDS, NUCLEOTIDES
from core.chem.prepare.pdbtext import pdb_text
from core.chem.prepare.report import Log
from core.chem.prepare.side_chains import turned_free
from core.errors import PreparationError

SEED = 20220110
NANOMETRE_IN_ANGSTROM = 10.0
CARBOXYLATE_ANGSTROM = 1.25
_REPLACED = {("ASP", "CG"): {"OD1", "OD2"}, ("GLU", "CD"): {"OE1", "OE2"}}


def missing_atoms(residue: DraftResidue) -> tuple[str, ...]:
    """Names of heavy atoms that a standard residue should have and has not; the last oxygen of a chain counts."""
    if residue.name not in AMINO_ACIDS and residue.name not in NUCLEOTIDES:
        return ()
    component = standard_components()[residue.name]
    optional = set(component.leaving) | ({"P", "OP1", "OP2"} if "P" not in residue.names else set())
    return tuple(name for name in component.elements if name not in optional and name not in residue.names)


def add_missing_atoms(draft: Draft, c_termini: set[int], log: Log) -> None:
    """Build what is missing; `c_termini`: indices of residues that end a protein chain and get their OXT.

    Raises PreparationError where PDBFixer cannot build the atoms.
    """
    wanted = _wanted(draft)
    for index in c_termini:
        residue = draft.residues[index]
        if residue.name in AMINO_ACIDS and "OXT" not in residue.names:
            wanted[index].add("OXT")
    wanted = {index: names for index, names in wanted.items() if names}
    if not wanted:
        return
    built = _built_by_pdbfixer(draft, wanted)
    _make_room(draft, built)
    log.used("pdbfixer", version("pdbfixer"))
    for index, names in wanted.items():
        residue, found = draft.residues[index], built[index]
        absent = names - set(found)
        if absent:
            raise PreparationError(
                f"{residue.label}: {', '.join(sorted(absent))} could not be built.",
                "Complete that residue in the file, or leave the chain out.",
            )
        if "OXT" in names:
            there = {atom.name: atom.position_angstrom for atom in residue.atoms} | found
            found["OXT"] = last_oxygen(there["CA"], there["C"], there["O"])
        residue.atoms += [DraftAtom(name, name[0], position) for name, position in sorted(found.items())]
        log.add(
            "missing_atoms", f"{residue.label}: {', '.join(sorted(names))} built.", residue.label, tuple(sorted(names))
        )


def note_missing_atoms(draft: Draft, log: Log) -> None:
    """Tell what is missing and will not be built: a residue without its side chain is another one."""
    for index, names in _wanted(draft).items():
        if names:
            residue = draft.residues[index]
            log.add(
                "missing_atoms",
                f"{residue.label}: {', '.join(sorted(names))} not in the file and not built on request; bonds to them "
                "are closed with hydrogen.",
                residue.label,
                tuple(sorted(names)),
                confirm=True,
            )


def _wanted(draft: Draft) -> dict[int, set[str]]:
    """Names of what is missing, by index of residue, without the last oxygens of chains."""
    wanted = {index: set(missing_atoms(residue)) for index, residue in enumerate(draft.residues)}
    for index, name in bound_elsewhere(draft):
        # The oxygen of an acid that became an amide.
        wanted[index] -= _REPLACED.get((draft.residues[index].name, name), set())
    return wanted


def last_oxygen(ca: np.ndarray, c: np.ndarray, o: np.ndarray) -> np.ndarray:
    """(3,) angstrom, where the OXT of a chain's end belongs: in the plane of the others, opposite to both.

    PDBFixer turns its template by all atoms that are there; where the side chain is missing too, its OXT can come to
    lie on the O.
    """
    away = -sum((other - c) / np.linalg.norm(other - c) for other in (ca, o))
    return c + CARBOXYLATE_ANGSTROM * away / np.linalg.norm(away)


def _built_by_pdbfixer(draft: Draft, wanted: dict[int, set[str]]) -> dict[int, dict[str, np.ndarray]]:
    """Positions in angstrom by index of residue and name of atom."""
    import openmm
    from openmm import unit
    from pdbfixer import PDBFixer

    indices = [i for i, residue in enumerate(draft.residues) if residue.kind in ("protein", "nucleic")]
    text = pdb_text([draft.residues[index] for index in indices])
    try:
        fixer = PDBFixer(pdbfile=io.StringIO(text), platform=openmm.Platform.getPlatformByName("Reference"))
        fixer.missingResidues = {}
        fixer.findMissingAtoms()
        residues = list(fixer.topology.residues())
        place = {residue: indices[number] for number, residue in enumerate(residues)}
        fixer.missingAtoms = {
            residue: [atom for atom in atoms if atom.name in wanted.get(place[residue], ())]
            for residue, atoms in fixer.missingAtoms.items()
        }
        fixer.missingTerminals = {r: ["OXT"] for r in residues if "OXT" in wanted.get(place[r], ())}
        fixer.addMissingAtoms(seed=SEED)
    except (ValueError, KeyError, IndexError, openmm.OpenMMException) as error:
        raise PreparationError(
            f"Missing atoms could not be built: {str(error).splitlines()[0][:120] if str(error) else type(error)}.",
            "Complete the residues in the file, or switch this step off.",
        ) from error
    positions = np.array(fixer.positions.value_in_unit(unit.nanometer)) * NANOMETRE_IN_ANGSTROM
    templates = {
        name: {
            atom.name: np.array(template.positions[atom.index].value_in_unit(unit.angstrom))
            for atom in template.topology.atoms()
        }
        for name, template in fixer.templates.items()
        if name in {draft.residues[index].name for index in wanted}
    }
    built: dict[int, dict[str, np.ndarray]] = {index: {} for index in wanted}
    for number, residue in enumerate(fixer.topology.residues()):
        index = indices[number]
        for atom in residue.atoms():
            if atom.name in wanted.get(index, ()):
                built[index][atom.name] = positions[atom.index]
    for index, found in built.items():
        _mend(draft.residues[index], found, templates.get(draft.residues[index].name, {}))
    return built


def _make_room(draft: Draft, built: dict[int, dict[str, np.ndarray]]) -> None:
    """Turn side chains that came to lie on other atoms, or on their own backbone; the built ones of others count."""
    atoms = [(index, atom.name, atom.position_angstrom) for index, r in enumerate(draft.residues) for atom in r.heavy]
    for index, found in built.items():
        residue = draft.residues[index]
        side = found.keys() - {"O", "OXT", "N", "CA", "C"}
        if residue.name not in AMINO_ACIDS or not side:
            continue
        # A sulfur that is near another may be meant for a disulfide.
        others = [xyz for other, name, xyz in atoms if other != index and not (residue.name == "CYS" and name == "SG")]
        others += [xyz for other, more in built.items() if other != index for xyz in more.values()]
        own = {atom.name: atom.position_angstrom for atom in residue.heavy} | found
        found |= turned_free(side, own, standard_components()[residue.name], cKDTree(others) if others else None)


def _mend(residue: DraftResidue, built: dict[str, np.ndarray], template: dict[str, np.ndarray]) -> None:
    """Build anew, from the atoms near by, where PDBFixer's atoms do not fit those that are there."""
    component = standard_components()[residue.name]
    there = {atom.name: atom.position_angstrom for atom in residue.atoms if not atom.is_hydrogen}
    inner = built.keys() - {"OXT"}
    strained = strain(inner, there | built, template, component)
    if strained > 1.0:
        local = built_locally(inner, there, template, component)
        if local.keys() >= inner and strain(inner, there | local, template, component) < strained:
            built |= local
