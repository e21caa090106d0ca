"""PQR files: a structure with the Hirshfeld charge of its density and a radius on every atom. Angstrom, e.

Fields are divided by spaces, as APBS reads them (https://pdb2pqr.readthedocs.io, "PQR molecular structure format"), so
coordinates of any width are whole; where they fit, they stand in the columns of a PDB file.
"""

import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.chem.radii import SOURCES, RadiusSet, radii_angstrom
from core.chem.topology import Topology
from core.density.density import Density
from core.density.hirshfeld import hirshfeld_atoms
from core.errors import DataError

# Charges are written in steps of 1 / STEPS e, and add up to the total charge exactly.
DIGITS = 5
STEPS = 10**DIGITS
# A residue that no dictionary knows, as the PDB calls it.
UNKNOWN = "UNL"
_STANDARD = ("protein", "nucleic")


def pqr_text(
    density: Density,
    topology: Topology | None = None,
    *,
    charges: NDArray[np.float64] | None = None,
    radius_set: RadiusSet = "bondi",
) -> str:
    """The whole file.

    topology: names of residues and atoms; without it all is one residue UNL, its atoms named by element and number.
    charges: (n_atoms,) e, Hirshfeld's of `density` where none are given; they must add up to the molecule's charge.
    Raises DataError where they do not, or where a shape or a radius is not there.
    """
    molecule = density.molecule
    if topology is not None and len(topology) != len(molecule):
        raise DataError(
            f"A topology of {len(topology)} atoms for a molecule of {len(molecule)}.", "Give the topology of this one."
        )
    charges = hirshfeld_atoms(density).charges if charges is None else np.asarray(charges, dtype=np.float64)
    if charges.shape != (len(molecule),) or abs(charges.sum() - molecule.charge) > 1e-3:
        raise DataError(
            f"{charges.size} charges with the sum {charges.sum():.4f} for {len(molecule)} atoms of charge "
            f"{molecule.charge}.",
            "Give one charge for each atom; they add up to the charge of the molecule.",
        )
    radii = radii_angstrom(molecule, radius_set)
    lines = [
        f"REMARK   1 {_word(molecule.title, ' ')[:60]}".rstrip(),
        f"REMARK   1 Rhoscope: Hirshfeld charges of the electron density ({_word(density.source, ' ')[:40]})",
        f"REMARK   1 Radii {radius_set}: {SOURCES[radius_set]}",
        f"REMARK   1 Total charge {molecule.charge:+d} e; angstrom, e",
    ]
    identities = _identities(molecule, topology)
    columns = (identities, molecule.positions_angstrom.tolist(), rounded(charges, molecule.charge), radii.tolist())
    for serial, (identity, (x, y, z), charge, radius) in enumerate(zip(*columns, strict=True), 1):
        record, name, residue, chain, number = identity
        lines.append(
            f"{record:<6}{serial:>5} {name:<4} {residue:>3} {chain}{number:>4}  "
            f"  {x:>8.3f} {y:>8.3f} {z:>8.3f} {charge:>8.{DIGITS}f} {radius:>6.4f}"
        )
    return "\n".join([*lines, "END"]) + "\n"


def write_pqr(
    path: Path | str, density: Density, topology: Topology | None = None, *, radius_set: RadiusSet = "bondi"
) -> None:
    """Write `pqr_text` to a file, whole or not at all. Raises DataError."""
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(pqr_text(density, topology, radius_set=radius_set), encoding="ascii")
        os.replace(partial, path)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written: {error.strerror or error}.", "Choose another file for --pqr."
        ) from error


def rounded(charges: NDArray[np.float64], total: int) -> list[float]:
    """`charges` in whole steps that add up to `total`: what rounding left over goes to those it moved most."""
    steps = charges * STEPS
    whole = np.rint(steps).astype(np.int64)
    left = total * STEPS - int(whole.sum())
    order = np.argsort(-np.sign(left) * (steps - whole), kind="stable")
    for k in range(abs(left)):
        whole[order[k % len(order)]] += int(np.sign(left))
    return (whole / STEPS).tolist()


def _identities(molecule: Molecule, topology: Topology | None) -> list[tuple[str, str, str, str, str]]:
    """Record, atom, residue, chain with its space (or nothing), and number of each atom."""
    if topology is None:
        counts: Counter[str] = Counter()
        named = []
        for symbol in molecule.symbols:
            counts[symbol] += 1
            named.append(("HETATM", f"{symbol}{counts[symbol]}", UNKNOWN, "", "1"))
        return named
    found = []
    for name, index in zip(topology.atom_names, topology.residue_of_atom.tolist(), strict=True):
        residue = topology.residues[index]
        chain = _word(residue.chain)
        found.append(
            (
                "ATOM" if residue.kind in _STANDARD else "HETATM",
                _word(name) or "X",
                _word(residue.name) or UNKNOWN,
                # Readers take a chain that is a number for the number of the residue.
                f"{chain} " if chain and not re.fullmatch(r"[-+]?\d+", chain) else "",
                f"{residue.number}{_word(residue.insertion_code)}",
            )
        )
    return found


def _word(text: str, space: str = "") -> str:
    """Of text from a file only what is printable ASCII, its white space replaced by `space`."""
    return re.sub(r"[^\x20-\x7e]", "?", re.sub(r"\s+", space, text.strip()))
