"""Structures for the tests of `core.chem.prepare`, made here from sequence or SMILES: PDB text without hydrogens."""

from functools import cache

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

PROTEIN, RNA, DNA = 0, 2, 6


@cache
def polymer(sequence: str, flavour: int = PROTEIN) -> str:
    """A chain A of these residues, embedded by RDKit with a fixed seed, as PDB text that ends with END."""
    molecule = Chem.AddHs(Chem.MolFromSequence(sequence, flavor=flavour), addResidueInfo=True)
    assert rdDistGeom.EmbedMolecule(molecule, randomSeed=7, useRandomCoords=True) == 0
    rdForceFieldHelpers.MMFFOptimizeMolecule(molecule)
    lines = Chem.MolToPDBBlock(Chem.RemoveHs(molecule), flavor=4 + 2).splitlines()
    # RDKit names the two branches of isoleucine the other way round.
    swap = {" CG1 ILE": " CG2 ILE", " CG2 ILE": " CG1 ILE"}
    lines = [f"{line[:12]}{swap.get(line[12:20], line[12:20])}{line[20:]}\n" for line in lines]
    return "".join(line for line in lines if line.startswith(("ATOM", "HETATM"))) + "END\n"


@cache
def capped(code: str) -> str:
    """ACE-X-NME, cut out of Gly-X-Gly."""
    kept = []
    for line in atoms_of(polymer(f"G{code}G")):
        residue, name = number_of(line), name_of(line)
        if residue == 1 and name != "N":
            kept.append(renamed(line, "ACE", {"CA": "CH3"}.get(name, name)))
        elif residue == 2:
            kept.append(line)
        elif residue == 3 and name in ("N", "CA"):
            kept.append(renamed(line, "NME", {"CA": "C"}.get(name, name)))
    return "".join(kept) + "END\n"


def atoms_of(text: str) -> list[str]:
    return [line + "\n" for line in text.splitlines() if line.startswith(("ATOM", "HETATM"))]


def name_of(line: str) -> str:
    return line[12:16].strip()


def residue_of(line: str) -> str:
    return line[17:20].strip()


def number_of(line: str) -> int:
    return int(line[22:26])


def renamed(line: str, residue: str, name: str) -> str:
    return f"{line[:12]} {name:<3s} {residue:>3s}{line[20:]}"


def without(text: str, residue: str, *names: str) -> str:
    """The text without these atoms of a residue, or without all of it."""
    gone = [line for line in atoms_of(text) if residue_of(line) == residue and (not names or name_of(line) in names)]
    assert gone
    return "".join(line for line in atoms_of(text) if line not in gone) + "END\n"


def atom(serial: int, name: str, residue: str, number: int, xyz: tuple[float, float, float], element: str,
         chain: str = "A", alternate: str = " ", occupancy: float = 1.0) -> str:  # fmt: skip
    padded = name if len(name) == 4 or len(element) == 2 else f" {name}"
    x, y, z = xyz
    return (
        f"HETATM{serial % 100000:5d} {padded:<4s}{alternate}{residue:>3s} {chain}{number:4d}    "
        f"{x:8.3f}{y:8.3f}{z:8.3f}{occupancy:6.2f}{0:6.2f}          {element:>2s}\n"
    )


def shifted(text: str, x: float, chain: str) -> str:
    """The atoms moved along x, under another chain name."""
    return "".join(
        f"{line[:21]}{chain}{line[22:30]}{float(line[30:38]) + x:8.3f}{line[38:]}" for line in atoms_of(text)
    )


@cache
def ligand(smiles: str, name: str, chain: str = "L", x: float = 40.0, hydrogens: bool = False) -> str:
    """HETATM lines of a molecule with atom names C1, C2, O1, ..."""
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert rdDistGeom.EmbedMolecule(molecule, randomSeed=7) == 0
    counts: dict[str, int] = {}
    lines = []
    for index, one in enumerate(molecule.GetAtoms()):
        element = one.GetSymbol()
        if element == "H" and not hydrogens:
            continue
        counts[element] = counts.get(element, 0) + 1
        place = molecule.GetConformer().GetAtomPosition(index)
        lines.append(
            atom(index + 1, f"{element}{counts[element]}", name, 1, (place.x + x, place.y, place.z), element, chain)
        )
    return "".join(lines)


def sulfate() -> str:
    """SO4, its atoms named as the dictionary names them: the sulfur without a number."""
    lines = atoms_of(ligand("O=S(=O)([O-])[O-]", "SO4"))
    return "".join(renamed(line, "SO4", "S" if name_of(line) == "S1" else name_of(line)) for line in lines)


@cache
def helix(count: int) -> str:
    """An alpha helix of so many alanines (phi -57, psi -47 degrees), chain A, ideal bonds and angles, as PDB text."""
    placed: dict[tuple[int, str], np.ndarray] = {
        (1, "N"): np.zeros(3), (1, "CA"): np.array([1.458, 0.0, 0.0]), (1, "C"): np.array([2.004, 1.424, 0.0])
    }  # fmt: skip
    for number in range(1, count + 1):
        n, ca, c = (placed[number, name] for name in ("N", "CA", "C"))
        placed[number, "O"] = _beyond(n, ca, c, 1.231, 120.4, 133.0)
        side = np.cross(n - ca, c - ca)
        placed[number, "CB"] = ca + 1.53 * _unit(0.58 * _unit(2 * ca - n - c) + 0.81 * _unit(side))
        following = _beyond(n, ca, c, 1.329, 116.6, -47.0)
        alpha = _beyond(ca, c, following, 1.458, 121.7, 180.0)
        placed |= {(number + 1, "N"): following, (number + 1, "CA"): alpha}
        placed[number + 1, "C"] = _beyond(c, following, alpha, 1.525, 111.0, -57.0)
    lines = [
        atom(serial, name, "ALA", number, tuple(placed[number, name]), name[0])  # type: ignore[arg-type]
        for serial, (number, name) in enumerate(
            ((number, name) for number in range(1, count + 1) for name in ("N", "CA", "C", "O", "CB")), 1
        )
    ]
    return "".join(lines).replace("HETATM", "ATOM  ") + "END\n"


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def _beyond(a: np.ndarray, b: np.ndarray, c: np.ndarray, length: float, angle: float, dihedral: float) -> np.ndarray:
    """The place of an atom bonded to c; degrees (Parsons and others, J. Comput. Chem. 26, 1063, 2005)."""
    along, normal = _unit(c - b), _unit(np.cross(b - a, c - b))
    bend, turn = np.radians(angle), np.radians(dihedral)
    across = np.cos(turn) * np.cross(normal, along) + np.sin(turn) * normal
    return c + length * (-np.cos(bend) * along + np.sin(bend) * across)
