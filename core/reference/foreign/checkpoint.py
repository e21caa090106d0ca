"""Checkpoints of PySCF (.chk): HDF5 with the molecule as JSON and the orbitals of the SCF. Atomic units.

PySCF's own `load_mol` evaluates text of the file as Python, so it is not used: nuclei and basis come from the arrays
that PySCF hands to its integral library, which the JSON also holds. Links and data that lie outside the file are
refused, and sizes are judged before anything is unpacked.
"""

import io
import json
import re

import h5py
import numpy as np
from numpy.typing import NDArray
from pyscf import gto

from core.errors import ResultError
from core.reference.foreign.result import ForeignResult, GaussianOrbitals, Shell
from core.reference.foreign.shells import MOST_FUNCTIONS, checked
from core.reference.foreign.soundness import BROKEN_SYMMETRY, FRACTIONAL, no_core, open_shell, require_sound_nuclei
from core.reference.foreign.text import require_sensible, words

KIND = "PySCF checkpoint"
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
MOST_JSON_BYTES = 20_000_000
MOST_SHELLS = 20_000
FEWEST_ELECTRONS = 1e-9


def _not_ours() -> ResultError:
    return ResultError(
        "This is no checkpoint of a PySCF calculation of a molecule.",
        "Write one with mf.chkfile = 'name.chk' before mf.kernel().",
    )


def looks_so(content: bytes) -> bool:
    return content.startswith(_SIGNATURE)


def parse(content: bytes, name: str) -> ForeignResult:
    """Read a file. Raises ResultError, StructureError, UnsupportedElementError."""
    _require_sound_heaps(content)
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            molecule = _molecule(file)
            scf = {key: _array(file, f"scf/{key}") for key in ("mo_coeff", "mo_occ", "e_tot")}
    except (OSError, RuntimeError, KeyError) as error:
        raise ResultError("The HDF5 file cannot be read.", "It is cut off or damaged.") from error
    numbers, positions = _nuclei(molecule)
    require_sound_nuclei(numbers, positions)
    shells = _shells(molecule, len(numbers))
    orbitals, notes = _occupied(scf, shells)
    energy = scf["e_tot"]
    return ForeignResult(
        name=name,
        kind=KIND,
        says=_basis_name(molecule),
        atomic_numbers=numbers,
        positions_bohr=positions,
        charge=_whole(molecule, "charge"),
        density=orbitals,
        energy_hartree=float(energy) if energy is not None and energy.size == 1 and np.isfinite(energy) else None,
        notes=notes,
    )


def _require_sound_heaps(content: bytes) -> None:
    """Raises ResultError where the objects of a global heap, in which the JSON lies, do not fill it one after another:
    HDF5's library goes round for ever in such a heap (format specification, III.E)."""
    start = content.find(b"GCOL")
    while start >= 0:
        size = int.from_bytes(content[start + 8 : start + 16], "little")
        place, end = start + 16, start + size
        while place + 16 <= end <= len(content):
            index = int.from_bytes(content[place : place + 2], "little")
            length = int.from_bytes(content[place + 8 : place + 16], "little")
            # Object 0 is what is free, its own heading with it.
            place += max(length, 16) if index == 0 else 16 + (length + 7) // 8 * 8
            if index == 0 and (length < 16 or place != end):
                break
        if not end - 16 < place <= end <= len(content):
            raise ResultError("The HDF5 file is damaged where it keeps its texts.", "Copy or write it again.")
        start = content.find(b"GCOL", start + 4)


def _dataset(file: h5py.File, path: str) -> h5py.Dataset | None:
    """A dataset that lies in the file itself, reached without a link out of it."""
    place: h5py.Group | h5py.Dataset = file
    for part in path.split("/"):
        link = place.get(part, getlink=True) if isinstance(place, h5py.Group) else None
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise ResultError("The file refers to data outside of itself.", "Give one that holds everything.")
        place = place[part]
    if not isinstance(place, h5py.Dataset):
        return None
    if place.external or place.is_virtual:
        raise ResultError("The file refers to data outside of itself.", "Give one that holds everything.")
    return place


def _array(file: h5py.File, path: str) -> NDArray[np.float64] | None:
    found = _dataset(file, path)
    if found is None:
        return None
    if found.dtype.kind not in "fiu":
        raise ResultError(
            f"{path} holds numbers that are not real.", "Only calculations with real orbitals of a molecule are read."
        )
    if found.size > 2 * MOST_FUNCTIONS**2:
        raise ResultError(f"{path} holds {found.size:,} numbers, too many to compare.", "Compare a smaller molecule.")
    values = np.asarray(found[()], dtype=np.float64)
    require_sensible(values, path)
    return values


def _molecule(file: h5py.File) -> dict:
    found = _dataset(file, "mol")
    if found is None or found.shape != () or h5py.check_string_dtype(found.dtype) is None:
        raise _not_ours()
    text = found[()]
    if len(text) > MOST_JSON_BYTES:
        raise ResultError("The description of the molecule is too long.", "The file is damaged.")
    try:
        molecule = json.loads(text)
    except (ValueError, RecursionError):
        # PySCF before 1.5 wrote Python.
        raise ResultError("The molecule of this checkpoint is not JSON.", "Write it with PySCF 1.5 or newer.") from None
    if not isinstance(molecule, dict) or not {"_atm", "_bas", "_env", "_atom"} <= set(molecule):
        raise _not_ours()
    if molecule.get("a") is not None:
        raise ResultError(
            "The calculation is of a crystal.", "Only molecules without periodic boundaries are compared."
        )
    return molecule


def _table(molecule: dict, key: str, width: int) -> NDArray[np.int64]:
    try:
        found = np.array(molecule[key], dtype=np.float64).reshape(-1, width)
    except (ValueError, TypeError):
        raise _not_ours() from None
    if not np.isfinite(found).all() or (found != np.rint(found)).any() or (abs(found) > 2**31).any():
        raise _not_ours()
    return found.astype(np.int64)


def _numbers(molecule: dict) -> NDArray[np.float64]:
    try:
        found = np.array(molecule["_env"], dtype=np.float64).reshape(-1)
    except (ValueError, TypeError):
        raise _not_ours() from None
    require_sensible(found, "_env")
    return found


def _piece(numbers: NDArray[np.float64], start: int, count: int) -> NDArray[np.float64]:
    if start < 0 or count < 1 or start + count > numbers.size:
        raise ResultError("The arrays of the molecule do not fit together.", "The file is damaged.")
    return numbers[start : start + count]


def _whole(molecule: dict, key: str) -> int:
    # What was left as it is by default is not in the file.
    value = molecule.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10_000:
        raise _not_ours()
    return value


def _nuclei(molecule: dict) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    atoms, numbers = _table(molecule, "_atm", gto.mole.ATM_SLOTS), _numbers(molecule)
    if len(molecule.get("_ecpbas") or ()) or molecule.get("_pseudo"):
        raise no_core("The molecule")
    labels = molecule["_atom"]
    if not isinstance(labels, list) or len(labels) != len(atoms):
        raise _not_ours()
    for place, (atom, label) in enumerate(zip(atoms, labels, strict=True)):
        name = str(label[0]) if isinstance(label, list) and label else ""
        if atom[gto.mole.CHARGE_OF] == 0 or re.match(r"(?i)ghost|x[-_:]?[a-z]", name):
            raise ResultError(f"Atom {place + 1} is a ghost.", "Calculate the molecule without ghost atoms.")
    positions = [_piece(numbers, int(atom[gto.mole.PTR_COORD]), 3) for atom in atoms]
    return atoms[:, gto.mole.CHARGE_OF], np.array(positions).reshape(-1, 3)


def _shells(molecule: dict, n_atoms: int) -> tuple[Shell, ...]:
    """One for each contraction: those that share primitives follow one another, as their functions do."""
    table, numbers = _table(molecule, "_bas", gto.mole.BAS_SLOTS), _numbers(molecule)
    cartesian = molecule.get("cart") is True
    if not 1 <= len(table) <= MOST_SHELLS:
        raise ResultError(f"The basis has {len(table):,} shells.", "The file is damaged, or too large to be compared.")
    shells: list[Shell] = []
    for row in table.tolist():
        l, n_primitives, n_contracted = row[gto.mole.ANG_OF], row[gto.mole.NPRIM_OF], row[gto.mole.NCTR_OF]
        exponents = _piece(numbers, row[gto.mole.PTR_EXP], n_primitives)
        block = _piece(numbers, row[gto.mole.PTR_COEFF], n_primitives * max(n_contracted, 1))
        if exponents.min() <= 0.0 or not 0 <= l < 10:
            raise ResultError("The basis of the file makes no sense.", "It is damaged.")
        norms = gto.gto_norm(l, exponents)
        for coefficients in block.reshape(-1, n_primitives) / norms:
            shell = Shell(row[gto.mole.ATOM_OF], l, cartesian, tuple(exponents.tolist()), tuple(coefficients.tolist()))
            shells.append(checked(shell, n_atoms))
        if sum(shell.n_functions for shell in shells[-n_contracted:]) > MOST_FUNCTIONS:
            break
    n_functions = sum(shell.n_functions for shell in shells)
    if n_functions > MOST_FUNCTIONS:
        raise ResultError(
            f"The orbital basis has more than {MOST_FUNCTIONS:,} functions.", "Compare a smaller molecule or basis."
        )
    return tuple(shells)


def _occupied(
    scf: dict[str, NDArray[np.float64] | None], shells: tuple[Shell, ...]
) -> tuple[GaussianOrbitals, tuple[str, ...]]:
    orbitals, occupations = scf["mo_coeff"], scf["mo_occ"]
    if orbitals is None or occupations is None:
        raise ResultError(
            "The checkpoint has no orbitals: the SCF did not end, or was not one of a molecule.",
            "Run mf.kernel() to its end, with mf.chkfile set before.",
        )
    n_functions = sum(shell.n_functions for shell in shells)
    unrestricted = orbitals.ndim == 3
    stacked = orbitals if unrestricted else orbitals[None]
    filled = occupations if unrestricted else occupations[None]
    if (
        stacked.ndim != 3
        or stacked.shape[1] != n_functions
        or len(stacked) not in (1, 2)
        or filled.shape != (len(stacked), stacked.shape[2])
    ):
        raise ResultError(
            f"Orbitals of shape {orbitals.shape} do not fit {n_functions} functions.", "The file is damaged."
        )
    notes: list[str] = []
    if unrestricted:
        alpha, beta = filled.sum(1)
        if abs(alpha - beta) > 1e-3:
            raise open_shell(alpha, beta)
        densities = [(c * n) @ c.T for c, n in zip(stacked, filled, strict=True)]
        if abs(densities[0] - densities[1]).max() > 1e-4:
            notes.append(BROKEN_SYMMETRY)
    else:
        whole = np.rint(filled)
        if abs(filled - whole).max() > 1e-6:
            notes.append(FRACTIONAL)
        elif singles := int((whole == 1).sum()):
            half = (filled.sum() - singles) / 2
            raise open_shell(half + singles, half)
    columns, occupied = np.concatenate(list(stacked), axis=1), filled.reshape(-1)
    kept = abs(occupied) > FEWEST_ELECTRONS
    return GaussianOrbitals(shells, columns[:, kept], occupied[kept]), tuple(notes)


def _basis_name(molecule: dict) -> str:
    """The name of the orbital basis, where one was given by name: it is written as a Python string."""
    found = re.fullmatch(r"'([A-Za-z0-9+*(),. /_-]{1,40})'", str(molecule.get("basis", "")))
    return words(f"basis {found[1]}") if found else ""
