"""Tables of where the error sits: force ladder and regions as Markdown; atoms, elements and residues as columns."""

import numpy as np
from numpy.typing import NDArray

from core.chem.topology import Topology
from core.train.anatomy import BOND_SPAN, REGIONS, TAIL_DENSITY, Anatomy
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
from core.view.comparison import HeldAgainst
from core.view.words import escaped, significant

Columns = dict[str, list[str] | NDArray]

REGION_WORDS = (
    "The core is closer to a nucleus than the valence shell of its free atom begins; a bond is the space between two "
    f"bonded nuclei whose distances from both add up to at most {BOND_SPAN:g} lengths of the bond; the tail lies "
    f"beyond the surface of {TAIL_DENSITY:g} e/bohr³, where molecules touch; other valence is the rest, and every "
    "point counts once."
)


def rung_rows(held: HeldAgainst) -> str:
    """The force ladder: a Markdown table, a sentence on each rung; empty where the forces are not known."""
    rungs, whose = held.findings.rungs, held.other.whose
    if rungs is None:
        return ""
    level = f" ({escaped(held.other.label)})" if held.other.label else ""
    rows = [
        ("Free atoms", rungs.free_atoms, "Where every prediction starts: atoms that do not know of each other."),
        (
            f"Orbitals{level}",
            rungs.orbitals,
            f"The density of {whose}: its orbitals are wrong at the nuclei, so the theorem does not hold for it.",
        ),
        ("Fit", rungs.fit, "The same density in our functions, made to give the analytic forces: the theorem mended."),
    ]
    if held.picture.predicted.prediction:
        rows += [
            ("Model", rungs.model, "Prediction against fit: what the network did not learn."),
            ("End to end", rungs.end_to_end, f"Prediction against the analytic forces of {whose}: what you get."),
        ]
    lines = [
        f"| {name} | **{_figure(error.mean_mev_per_angstrom)}** | {_figure(error.largest_mev_per_angstrom)} | {words} |"
        for name, error, words in rows
    ]
    return "\n".join(["| Rung | Mean, meV/Å | Largest, meV/Å | What it is |", "|:--|--:|--:|:--|", *lines])


def region_rows(held: HeldAgainst) -> str:
    """Misplaced electrons in each region and in all, beside the floor and free atoms: a Markdown table."""
    found = held.anatomy

    def row(name: str, part: NDArray[np.int64]) -> str:
        ours, free = (_figure(of.by_region[part].sum()) for of in (found.predicted, found.free_atoms))
        floor = "not known" if found.fitted is None else _figure(found.fitted.by_region[part].sum())
        return f"| {name} | {found.electrons_by_region[part].sum():.2f} | **{ours}** | {floor} | {free} |"

    every = np.arange(len(REGIONS))
    lines = [row(name.capitalize(), every[place : place + 1]) for place, name in enumerate(REGIONS)]
    head = ["| Region | Electrons | Misplaced, e | Floor, e | Free atoms, e |", "|:--|--:|--:|--:|--:|"]
    return "\n".join([*head, *lines, row("All", every)])


def _figure(value: float) -> str:
    return significant(value, 2) if value < 100 else significant(value)


def force_error_lengths(held: HeldAgainst) -> NDArray[np.float64] | None:
    """(n_atoms,) length of the error of each force, meV/angstrom; None where the forces are not known."""
    reference = held.other.forces_hartree_per_bohr
    if reference is None:
        return None
    error = held.picture.predicted.forces_hartree_per_bohr - reference
    return np.linalg.norm(error, axis=1) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


def _columns(names: Columns, members: list[NDArray[np.int64]], held: HeldAgainst, *, of_each: bool) -> Columns:
    """of_each: means over the members, else sums of their electrons."""
    total = np.mean if of_each else np.sum

    def misplaced(of: Anatomy, digits: int) -> NDArray[np.float64]:
        return np.round([1000.0 * total(of.by_atom[atoms]) for atoms in members], digits)

    columns = names | {"Misplaced, 0.001 e": misplaced(held.anatomy.predicted, 2)}
    if held.anatomy.fitted is not None:
        columns["Floor, 0.001 e"] = misplaced(held.anatomy.fitted, 2)
    columns["Free atoms, 0.001 e"] = misplaced(held.anatomy.free_atoms, 1)
    lengths = force_error_lengths(held)
    if lengths is not None:
        columns["Force error, meV/Å"] = np.round([float(lengths[atoms].mean()) for atoms in members], 1)
    return columns


def atom_columns(held: HeldAgainst) -> Columns:
    """A row for each atom: its misplaced electrons (Hirshfeld's share) and the length of its force's error."""
    symbols = held.picture.molecule.symbols
    atoms = [np.array([atom]) for atom in range(len(symbols))]
    return _columns({"atom": np.arange(1, len(symbols) + 1), "element": list(symbols)}, atoms, held, of_each=False)


def element_columns(held: HeldAgainst) -> Columns:
    """A row for each element: means over its atoms."""
    symbols = np.array(held.picture.molecule.symbols)
    elements = list(dict.fromkeys(symbols.tolist()))
    members = [np.flatnonzero(symbols == element) for element in elements]
    counts = np.array([len(atoms) for atoms in members])
    return _columns({"element": elements, "Atoms": counts}, members, held, of_each=True)


def residue_columns(held: HeldAgainst, topology: Topology) -> Columns:
    """A row for each residue: the sum of its atoms' misplaced electrons, the mean of their force errors."""
    members = [np.asarray(topology.atoms_of_residue[residue]) for residue in range(len(topology.residues))]
    labels = [residue.label for residue in topology.residues]
    return _columns({"Residue": labels}, members, held, of_each=False)
