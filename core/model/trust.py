"""How far a prediction may be trusted: an expected force error for every atom, and what lies outside the domain.

The expected error comes from the distance of an atom's invariants to those of the training set (`familiarity`),
through a law fitted to structures that were not trained on (`error_law`). meV/angstrom.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.chem.prepare.ions import FreeIon
from core.chem.topology import Topology
from core.chem.validate import signed
from core.model.checkpoint import TrainedModel
from core.model.domain import MOST_WARNINGS, Flag, domain_flags, sentences
from core.model.predict import Prediction
from core.model.trust_file import TrustReference

# The expected error is the median: as many atoms are worse as better. One atom in ten is beyond the upper one.
EXPECTED, UPPER = 0.5, 0.9
# Of a structure with fewer atoms outside than this share, the rest is not disowned.
LOCAL_SHARE = 0.1
# The first shell of an ion.
NEAR_ION_ANGSTROM = 3.5


@dataclass(frozen=True)
class Summary:
    """Expected force errors of one structure, meV/angstrom: of the median atom and of the worst, which is named "O13",
    and what one in ten atoms like the worst exceeds. unknown: elements without."""

    median_mev_per_angstrom: float
    worst_mev_per_angstrom: float
    worst_upper_mev_per_angstrom: float
    worst_atom: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Trust:
    """Of one prediction.

    expected_mev_per_angstrom, upper_mev_per_angstrom: (n_atoms,) size of the force error that half, and nine tenths, of
    such atoms stay below; rms_mev_per_angstrom: the root of its mean square; NaN where it is not known. flags: what is
    outside the domain; for the atoms in them the expected error is a guess. problem: why there are no expected errors,
    empty where there are. names: what to call the atoms, "GLU A 12 OE1"; empty: by element and number, "O13".
    """

    molecule: Molecule
    expected_mev_per_angstrom: NDArray[np.float64]
    upper_mev_per_angstrom: NDArray[np.float64]
    rms_mev_per_angstrom: NDArray[np.float64]
    flags: tuple[Flag, ...]
    problem: str = ""
    names: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        """Whether all of it lies inside the domain of the model."""
        return not self.flags

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """(n_atoms,) which atoms are outside; all where a flag is about the structure as a whole."""
        result = np.zeros(len(self.molecule), dtype=bool)
        for flag in self.flags:
            result[list(flag.atoms) if flag.atoms else slice(None)] = True
        return result

    def reasons(self, most: int = MOST_WARNINGS) -> list[str]:
        """Sentences on what is outside; empty where nothing is."""
        return sentences(self.flags, most, self.names)

    def called(self, atom: int) -> str:
        """What a sentence calls an atom."""
        return self.names[atom] if self.names else f"{self.molecule.symbols[atom]}{atom + 1}"

    @property
    def verdict(self) -> str:
        """One sentence: whether the prediction may be trusted, and if not, which part of it."""
        if self.trusted:
            return "Inside the domain of the model."
        outside = np.flatnonzero(self.flagged)
        total = len(self.molecule)
        if outside.size > LOCAL_SHARE * total:
            return f"Do not trust this prediction: {outside.size} of {total} atoms are outside the domain of the model."
        # The worst first: of whom no error is known, then by what is expected.
        expected = np.nan_to_num(self.expected_mev_per_angstrom[outside], nan=np.inf)
        outside = outside[np.argsort(-expected, kind="stable")]
        named = ", ".join(self.called(atom) for atom in outside[:8].tolist())
        more = f" and {outside.size - 8} more" if outside.size > 8 else ""
        return f"Do not trust the forces on {named}{more}, nor near them: outside the domain of the model."

    @property
    def summary(self) -> Summary | None:
        """None where no atom has an expected error."""
        known = np.isfinite(self.expected_mev_per_angstrom)
        if not known.any():
            return None
        worst = int(np.nanargmax(self.expected_mev_per_angstrom))
        return Summary(
            float(np.nanmedian(self.expected_mev_per_angstrom)),
            float(self.expected_mev_per_angstrom[worst]),
            float(self.upper_mev_per_angstrom[worst]),
            self.called(worst),
            tuple(sorted({s for s, there in zip(self.molecule.symbols, known, strict=True) if not there})),
        )

    @property
    def expectation(self) -> str:
        """The summary in a sentence, or why there is none."""
        summary = self.summary
        if summary is None:
            return self.problem or "There is no expected error for these elements."
        return (
            f"Expected force error: {summary.median_mev_per_angstrom:.0f} meV/Å for the median atom, "
            f"{summary.worst_mev_per_angstrom:.0f} for the worst, {summary.worst_atom} (one in ten such atoms is off "
            f"by more than {summary.worst_upper_mev_per_angstrom:.0f})."
        ) + (f" Not known for {', '.join(summary.unknown)}." if summary.unknown else "")


def ligands_outside(trust: Trust, topology: Topology) -> tuple[str, ...]:
    """Names of ligands (neither of a chain nor water or ion) with atoms outside, the one with most of them first: what
    nothing is known of disturbs the forces on all that is near, and can be left out of the structure. None where there
    is no chain beside them."""
    if all(residue.kind not in ("protein", "nucleic") for residue in topology.residues):
        return ()
    counts = Counter(
        topology.residues[residue].name
        for residue in topology.residue_of_atom[trust.flagged].tolist()
        if topology.residues[residue].kind == "ligand"
    )
    return tuple(name for name, _ in counts.most_common())


def assess(prediction: Prediction, model: TrainedModel, ions: Sequence[FreeIon] = ()) -> Trust:
    """Trust in a prediction that `model` made. Without a reference beside the model there are no expected errors, and
    only the domain is judged. ions: those that the structure has beside the molecule, unknown to the model."""
    molecule = prediction.density.molecule
    flags = (*_near_ions(molecule, ions), *domain_flags(molecule, model.domain))
    unknown = np.full(len(molecule), np.nan)
    if model.trust is None or prediction.invariants is None:
        problem = model.trust_problem or "This prediction does not say what the network knew of its atoms."
        return Trust(molecule, unknown, unknown, unknown, flags, problem)
    numbers, law = molecule.atomic_numbers, model.trust.law
    distances = model.trust.familiarity.distances(numbers, prediction.invariants)
    return Trust(
        molecule,
        law.quantile(numbers, distances, EXPECTED),
        law.quantile(numbers, distances, UPPER),
        law.root_mean_square(numbers, distances),
        (*flags, *_unlike(molecule, distances, model.trust)),
    )


def _near_ions(molecule: Molecule, ions: Sequence[FreeIon]) -> list[Flag]:
    """Atoms in the first shell of an ion: what it does to their density was not predicted."""
    if not ions:
        return []
    tree, flags = cKDTree(molecule.positions_angstrom), []
    for ion in ions:
        near = sorted(tree.query_ball_point(ion.position_angstrom, NEAR_ION_ANGSTROM))
        if near:
            name = f"{symbol(ion.atomic_number)} {signed(ion.charge)}"
            text = (
                f"The ion {ion.residue.label} ({name}) is within {NEAR_ION_ANGSTROM:g} Å of {len(near)} atoms, but no "
                "part of the prediction: what it does to them is not known."
            )
            flags.append(Flag("ion", tuple(near), name, float(len(near)), text))
    return flags


def _unlike(molecule: Molecule, distances: NDArray[np.float64], reference: TrustReference) -> list[Flag]:
    """Atoms farther from training than those that the law of errors was fitted on."""
    flags = []
    for atom in np.flatnonzero(reference.law.beyond(molecule.atomic_numbers, distances)).tolist():
        limit = reference.law.furthest[int(molecule.atomic_numbers[atom])]
        element = molecule.symbols[atom]
        text = (
            f"Atom {{0}} ({element}) is unlike those of training: {distances[atom]:.1f} times as far from their "
            f"mean as they are, where {limit:.1f} is the most that was tested."
        )
        flags.append(Flag("unlike", (atom,), element, float(distances[atom]), text))
    return flags
