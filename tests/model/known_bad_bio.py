"""Structures that the bio model must not be trusted on, and everyday ones that lie inside its domain. Angstrom.

Groups that biology hardly has are not in its training; nor are broken, strained and colliding molecules, or radicals.
"""

from collections.abc import Iterator

import numpy as np

from core.chem.molecule import Molecule
from core.chem.read import from_smiles

# By SMILES: groups that were not trained on, and molecules of those that were.
GROUPS = {
    "azide": "CN=[N+]=[N-]", "peroxide": "COOC", "hydrogen peroxide": "OO", "hydrazine": "NN", "allene": "C=C=C",
    "alkyne": "C#C", "nitrile": "CC#N", "isocyanate": "CN=C=O", "nitro": "C[N+](=O)[O-]", "sulfone": "CS(=O)(=O)C",
    "sulfoxide": "CS(=O)C", "sulfate": "COS(=O)(=O)[O-]", "phosphine": "CP(C)C", "thioaldehyde": "C=S",
    "cyclopropane": "C1CC1", "cyclobutane": "C1CCC1", "epoxide": "C1CO1", "carbon dioxide": "O=C=O",
    "carbon monoxide": "[C-]#[O+]", "nitrogen": "N#N", "hydrogen": "[H][H]", "ozone": "[O-][O+]=O",
    "carbene": "[CH2]", "hydronium": "[OH3+]", "hydroxide": "[OH-]",
}  # fmt: skip
GOOD = {
    "water": "O", "formamide": "NC=O", "acetate": "CC(=O)[O-]", "alanine dipeptide": "CC(=O)N[C@@H](C)C(=O)NC",
    "benzene": "c1ccccc1", "imidazolium": "c1c[nH]c[nH+]1", "methanethiol": "CS", "dimethyl disulfide": "CSSC",
    "dimethyl phosphate": "COP(=O)([O-])OC", "adenine": "Nc1ncnc2[nH]cnc12", "methylguanidinium": "CNC(N)=[NH2+]",
    "indole": "c1ccc2[nH]ccc2c1", "tetrahydrofuran": "C1CCOC1", "N-acetylpyrrolidine": "CC(=O)N1CCCC1",
}  # fmt: skip


def _moved(molecule: Molecule, atoms: np.ndarray, by: np.ndarray) -> Molecule:
    positions = molecule.positions_angstrom.copy()
    positions[atoms] += by
    return Molecule(molecule.atomic_numbers, positions, molecule.charge)


def _joined(first: Molecule, second: Molecule, shift: np.ndarray) -> Molecule:
    return Molecule(
        np.concatenate([first.atomic_numbers, second.atomic_numbers]),
        np.concatenate([first.positions_angstrom, second.positions_angstrom + shift]),
        first.charge + second.charge,
    )


def bad() -> Iterator[tuple[str, Molecule]]:
    """(what it is, the structure)."""
    for name, smiles in GROUPS.items():
        yield name, from_smiles(smiles)
    ethane, formamide = from_smiles("CC"), from_smiles("NC=O")
    bond = ethane.positions_angstrom[1] - ethane.positions_angstrom[0]
    side = ethane.positions_angstrom @ bond > ethane.positions_angstrom.mean(0) @ bond
    second = np.flatnonzero(side)
    yield "a bond half broken", _moved(ethane, second, 0.25 * bond)
    yield "a bond pressed together", _moved(ethane, second, -0.25 * bond)
    hydrogen = np.flatnonzero(ethane.atomic_numbers == 1)[:1]
    away = ethane.positions_angstrom[hydrogen] - ethane.positions_angstrom[0]
    yield "a hydrogen pulled off", _moved(ethane, hydrogen, 0.5 * away)
    yield "a radical cation", Molecule(ethane.atomic_numbers, ethane.positions_angstrom, 1)
    yield "two molecules that collide", _joined(formamide, formamide, np.array([0.0, 0.0, 1.6]))
    yield "four charges on a small molecule", Molecule(formamide.atomic_numbers, formamide.positions_angstrom, 4)
