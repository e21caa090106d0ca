"""Formatted checkpoint files (.fchk) of Gaussian, and as Psi4, Q-Chem and others write them. Atomic units throughout.

A file is a row of fields: a label of 40 places, a letter for the type, then one value, or N= and a block of them
(gaussian.com/interfacing). The density is the matrix "Total SCF Density", its lower triangle row by row; where there
is none, that of the orbitals. Functions are each of norm one.
"""

import re

import numpy as np
from numpy.typing import NDArray

from core.errors import ResultError
from core.reference.foreign.result import ForeignResult, GaussianOrbitals, Shell
from core.reference.foreign.shells import (
    LARGEST_L,
    MOST_FUNCTIONS,
    all_cartesian,
    checked,
    gaussian_order,
    in_pyscf_order,
    mole,
    with_pyscf_norms,
)
from core.reference.foreign.soundness import BROKEN_SYMMETRY, open_shell, require_sound_nuclei
from core.reference.foreign.text import integers, reals, text_of, words

KIND = "formatted checkpoint"
_FIELD = re.compile(
    r"^(?P<label>\S.{39}) {3}(?P<type>[IRCLH])(?:(?P<array>   N=)[ ]*|[ ]+)(?P<value>\S+)[ ]*\r?$", re.MULTILINE
)
_CARTESIAN = {l: gaussian_order(l) for l in range(2, LARGEST_L + 1)}
# hartree: the gradient is of the SCF energy where the total energy is that energy.
SAME_ENERGY = 1e-7
# bohr
SAME_PLACE = 1e-4


def looks_so(content: bytes) -> bool:
    return re.search(rb"^Number of electrons {24}I ", content[:20_000], re.MULTILINE) is not None


class _Fields:
    """The fields of a file by label; of one that comes twice, the first."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(_FIELD.finditer(text))
        ends = [match.start() for match in found[1:]] + [len(text)]
        self.found: dict[str, tuple[re.Match, int]] = {}
        for match, end in zip(found, ends, strict=True):
            self.found.setdefault(match["label"].strip(), (match, end))

    def __contains__(self, label: str) -> bool:
        return label in self.found

    def _raw(self, label: str, array: bool) -> tuple[str, str]:
        """The value, or the number of them, and the block."""
        if label not in self.found:
            raise ResultError(f"The file has no field {label!r}.", "Make it with formchk from a finished calculation.")
        match, end = self.found[label]
        if bool(match["array"]) != array:
            raise ResultError(f"The field {label!r} is not what it should be.", "The file is damaged.")
        return match["value"], self.text[match.end() : end]

    def integer(self, label: str) -> int:
        return int(integers(self._raw(label, False)[0], 1, label)[0])

    def real(self, label: str) -> float:
        return float(reals(self._raw(label, False)[0], 1, label)[0])

    def _count(self, label: str, count: int | None) -> tuple[int, str]:
        stated, block = self._raw(label, True)
        declared = int(integers(stated, 1, label)[0])
        if declared < 0 or 2 * declared > len(block) + 1 or (count is not None and declared != count):
            wanted = "" if count is None else f" where {count:,} belong"
            raise ResultError(
                f"The field {label!r} says that it holds {declared:,} values{wanted}.",
                "The file is cut off or damaged.",
            )
        return declared, block

    def integers(self, label: str, count: int | None = None) -> NDArray[np.int64]:
        declared, block = self._count(label, count)
        return integers(block, declared, label)

    def reals(self, label: str, count: int | None = None) -> NDArray[np.float64]:
        declared, block = self._count(label, count)
        return reals(block, declared, label)


def parse(content: bytes, name: str) -> ForeignResult:
    """Read a file. Raises ResultError."""
    text = text_of(content)
    fields = _Fields(text)
    numbers = fields.integers("Atomic numbers")
    n_atoms = len(numbers)
    positions = fields.reals("Current cartesian coordinates", 3 * n_atoms).reshape(-1, 3)
    require_sound_nuclei(numbers, positions)
    _require_all_electrons(fields, numbers)
    charge, electrons = fields.integer("Charge"), fields.integer("Number of electrons")
    notes = list(_shells_closed(fields))
    shells = _shells(fields, positions)
    mol = mole(numbers, positions, charge, shells)
    coefficients, occupations, more = _density(fields, sum(shell.n_functions for shell in shells), electrons)
    inside = with_pyscf_norms(mol, shells, in_pyscf_order(shells, coefficients, _CARTESIAN))
    energy, total = (fields.real(label) if label in fields else None for label in ("SCF Energy", "Total Energy"))
    gradient, of_gradient = _gradient(fields, n_atoms, energy, total)
    return ForeignResult(
        name=name,
        kind=KIND,
        says=_method(text),
        atomic_numbers=numbers,
        positions_bohr=positions,
        charge=charge,
        density=GaussianOrbitals(all_cartesian(shells), inside, occupations),
        energy_hartree=energy if energy is not None else total,
        gradient_hartree_per_bohr=gradient,
        notes=(*notes, *more, *of_gradient),
    )


def _method(text: str) -> str:
    """Method and basis of the second line, which begins with 10 places for the kind of job."""
    lines = text.split("\n", 2)
    return "/".join(map(words, re.split(r"\s{2,}", lines[1][10:].strip()))) if len(lines) > 1 else ""


def _require_all_electrons(fields: _Fields, numbers: NDArray[np.int64]) -> None:
    charges = fields.reals("Nuclear charges", len(numbers)) if "Nuclear charges" in fields else numbers.astype(float)
    ghosts = (charges == 0.0) & (numbers > 0)
    if ghosts.any():
        raise ResultError(
            f"Atom {int(ghosts.argmax()) + 1} is a ghost: functions without a nucleus.",
            "Calculate the molecule without ghost atoms.",
        )
    bare = abs(charges - numbers) > 1e-6
    if bare.any():
        atom = int(bare.argmax())
        raise ResultError(
            f"Atom {atom + 1} has a nuclear charge of {charges[atom]:g} instead of {numbers[atom]}: its core is a "
            "pseudopotential, and the prediction has all electrons.",
            "Calculate it in an all-electron basis.",
        )


def _shells_closed(fields: _Fields) -> list[str]:
    alpha, beta = fields.integer("Number of alpha electrons"), fields.integer("Number of beta electrons")
    if alpha != beta:
        raise open_shell(alpha, beta)
    if "Spin SCF Density" in fields and abs(fields.reals("Spin SCF Density")).max(initial=0.0) > 1e-4:
        return [BROKEN_SYMMETRY]
    return []


def _shells(fields: _Fields, positions: NDArray[np.float64]) -> tuple[Shell, ...]:
    types = fields.integers("Shell types")
    counts = fields.integers("Number of primitives per shell", types.size)
    atoms = fields.integers("Shell to atom map", types.size) - 1
    if types.size == 0 or counts.min() < 1:
        raise ResultError("The file has no orbital basis.", "Make it with formchk from a finished calculation.")
    total = int(counts.sum())
    exponents = fields.reals("Primitive exponents", total)
    coefficients = fields.reals("Contraction coefficients", total)
    label = "P(S=P) Contraction coefficients"
    of_p = fields.reals(label, total) if label in fields else None
    if "Coordinates of each shell" in fields and 0 <= atoms.min() and atoms.max() < len(positions):
        places = fields.reals("Coordinates of each shell", 3 * types.size).reshape(-1, 3)
        if abs(places - positions[atoms]).max() > SAME_PLACE:
            raise ResultError("Some functions of the basis stand beside the atoms.", "Use a basis on atoms only.")
    shells: list[Shell] = []
    start = 0
    for kind, count, atom in zip(types.tolist(), counts.tolist(), atoms.tolist(), strict=True):
        part = slice(start, start + count)
        start += count

        def shell(l: int, cartesian: bool, values: NDArray[np.float64], part: slice = part, atom: int = atom) -> Shell:
            made = Shell(atom, l, cartesian, tuple(exponents[part].tolist()), tuple(values[part].tolist()))
            return checked(made, len(positions))

        if kind == -1:
            if of_p is None:
                raise ResultError(f"The file has no field {label!r}.", "It is damaged.")
            shells += [shell(0, False, coefficients), shell(1, False, of_p)]
        else:
            shells.append(shell(abs(kind), kind > 1, coefficients))
    if sum(shell.n_functions for shell in shells) > MOST_FUNCTIONS:
        raise ResultError(
            f"The orbital basis has more than {MOST_FUNCTIONS:,} functions.", "Compare a smaller molecule or basis."
        )
    return tuple(shells)


def _density(
    fields: _Fields, n_functions: int, electrons: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Coefficients (n_functions, n) in the order of the file, occupations (n,), and what there is to say."""
    stated = fields.integer("Number of basis functions")
    if stated != n_functions:
        raise ResultError(f"The shells make {n_functions} functions; the file says {stated}.", "The file is damaged.")
    others = sorted(label for label in fields.found if re.fullmatch(r"Total (?!SCF)\S.* Density", label))
    notes = [f"The SCF density is compared; the file also has: {', '.join(map(words, others))}."] if others else []
    if "Total SCF Density" in fields:
        packed = fields.reals("Total SCF Density", n_functions * (n_functions + 1) // 2)
        matrix = np.zeros((n_functions, n_functions))
        matrix[np.tril_indices(n_functions)] = packed
        matrix += np.tril(matrix, -1).T
        occupations, vectors = np.linalg.eigh(matrix)
        kept = abs(occupations) > 1e-13 * max(abs(occupations).max(), 1e-300)
        return vectors[:, kept], occupations[kept], notes
    half = electrons // 2
    spins = ["Alpha MO coefficients"] + (["Beta MO coefficients"] if "Beta MO coefficients" in fields else [])
    columns = []
    for label in spins:
        orbitals = fields.reals(label)
        if orbitals.size % n_functions or orbitals.size < half * n_functions:
            raise ResultError(f"The field {label!r} does not fit the basis.", "The file is damaged.")
        columns.append(orbitals.reshape(-1, n_functions)[:half].T)
    occupations = np.full(half * len(spins), 2.0 / len(spins))
    notes.append("The file has no density matrix; its orbitals are used.")
    return np.concatenate(columns, axis=1), occupations, notes


def _gradient(
    fields: _Fields, n_atoms: int, scf_energy: float | None, total: float | None
) -> tuple[NDArray[np.float64] | None, list[str]]:
    """(n_atoms, 3), where it belongs to the SCF energy; a field of zeros stands for none."""
    if "Cartesian Gradient" not in fields:
        return None, []
    gradient = fields.reals("Cartesian Gradient", 3 * n_atoms).reshape(-1, 3)
    if not gradient.any():
        return None, []
    if total is not None and scf_energy is not None and abs(total - scf_energy) > SAME_ENERGY:
        return None, ["The forces of the file are those of another energy than the SCF's, so they are not compared."]
    return gradient, []
