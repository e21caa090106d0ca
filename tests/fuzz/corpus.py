"""Sound files to begin from: small ones of every format, with what makes parsers think."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDistGeom

from core.chem.examples import ENTRIES, example, example_path
from core.chem.prepare import Options, prepare
from core.chem.prepare.write import format_prepared
from core.density.density import Density
from core.density.files import save_density
from core.density.grid import UniformGrid
from core.gaussian.basis import AuxiliaryBasis
from core.view.field import POTENTIAL, pack_field
from tests.molecules import DNA, atom, capped, polymer, shifted, without
from tests.reference.foreign.files import (
    FORMAMIDE,
    WATER,
    calculation,
    checkpoint_file,
    cube_file,
    fchk_file,
    molden_file,
)

SMILES = (
    "O", "CCO", "NC=O", "C[NH3+]", "CC(=O)[O-]", "c1ccccc1", "CC(=O)N[C@@H](C)C(=O)NC", "Nc1ncnc2[nH]cnc12", "C#N",
    "F/C=C/F", "[2H]O[2H]", "CS(=O)(=O)N", "OP(=O)(O)O", "C1CC2CC1CC2", "[O-][N+](=O)c1ccccc1", "O.O.[NH4+]",
    "N[C@H](C(=O)O)Cc1c[nH]cn1", "C%10CCCCC%10", "[13CH4]", "S1C=CC=C1", "[Na+].[Cl-]", "C1=CC=CN1.O", "OCC(O)CO",
)  # fmt: skip
IDENTIFIERS = (
    "1CRN", "pdb:4hhb", "pdb_00001crn", "P69905", "AF-P69905-F1", "afdb:Q8N158", "pubchem:2244", "pubchem:aspirin",
    "CID:2244", "pubchem:(R)-carvone", "AF-A0A024R1R8-F1-model_v4",
)  # fmt: skip
LINKS = (
    "example=water-6&level=0.02", "id=1CRN", "smiles=C%5BNH3%2B%5D&charge=1", "smiles=NC%3DO&charge=0&level=0.002",
    "id=pubchem%3Aaspirin", "example=water-1&id=1CRN", "level=1e-3&charge=-2", "smiles=%3Cimg%20src%3Dx%3E",
)  # fmt: skip


def complete(text: str, ending: str) -> str:
    """With all its hydrogens."""
    return format_prepared(prepare(text.encode(), "a.pdb", Options(protonation="rules")), ending)


@cache
def pdb() -> tuple[bytes, ...]:
    waters = "".join(
        atom(3 * n + k + 1, name, "HOH", n + 1, (x, y, z + 3.0 * n), name[0])
        for n in range(3)
        for k, (name, x, y, z) in enumerate((("O", 0, 0, 0.117), ("H1", 0, 0.757, -0.469), ("H2", 0, -0.757, -0.469)))
    )
    alternates = atom(1, "C1", "LIG", 1, (0, 0, 0), "C", alternate="A", occupancy=0.6)
    alternates += atom(2, "C1", "LIG", 1, (0.3, 0, 0), "C", alternate="B", occupancy=0.4)
    extras = "HEADER    TEST\nTITLE     A <b>TITLE</b>\nMODEL        1\n"
    link = "SSBOND   1 CYS A    2    CYS A    3\n"
    zinc = atom(90, "ZN", " ZN", 9, (8, 8, 8), "ZN")
    texts = (
        polymer("GKG"), polymer("CWHD"), polymer("AC", DNA), capped("S"), without(polymer("GKG"), "LYS", "CE", "NZ"),
        waters + "END\n", extras + waters + "ENDMDL\nMODEL        2\n" + waters + "ENDMDL\nEND\n",
        polymer("GG").replace("END\n", "TER\n") + shifted(polymer("GG"), 30.0, "B") + "END\n",
        alternates + waters + "END\n", link + polymer("GCCG"), polymer("GE").replace("END\n", zinc) + "END\n",
        *(complete(text, "pdb") for text in (polymer("GKG"), capped("S"))),
    )  # fmt: skip
    return tuple(text.encode() for text in texts)


@cache
def mmcif() -> tuple[bytes, ...]:
    made = [complete(pdb()[index].decode(), "cif").encode() for index in (0, 2, 3, 5)]
    crystal = b"data_x\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nO1 0 0 0\n"
    return (*made, crystal)


@cache
def xyz() -> tuple[bytes, ...]:
    shipped = [example_path(entry.key).read_bytes() for entry in ENTRIES if entry.key not in ("water-30", "helix-18")]
    extended = (
        b'3\nLattice="9 0 0 0 9 0 0 0 9" Properties=Z:I:1:species:S:1:pos:R:3 charge=0 name="w" pbc="T T T"\n'
        b"8 O 0 0 0\n1 H 0.96 0 0\n1 H -0.24 0.93 0\n"
    )
    frames = b"3\na\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n" * 2
    return (*shipped, extended, frames)


@cache
def sdf() -> tuple[bytes, ...]:
    blocks = []
    for smiles in ("O", "CCO", "CC(=O)[O-]", "Nc1ncnc2[nH]cnc12", "C[NH3+]", "OP(=O)(O)O"):
        molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
        rdDistGeom.EmbedMolecule(molecule, randomSeed=7)
        blocks.append(Chem.MolToMolBlock(molecule))
        blocks.append(Chem.MolToMolBlock(molecule, forceV3000=True))
    return tuple(
        block.encode() + end for block, end in zip(blocks, [b"", b"$$$$\n", b"> <x>\n1\n\n$$$$\n"] * 4, strict=True)
    )


@cache
def results(suffix: str) -> tuple[bytes, ...]:
    """Of water and formamide, the second with Cartesian d functions."""
    write = {"cube": lambda of: cube_file(of, 12), "fchk": fchk_file, "molden": molden_file, "chk": checkpoint_file}
    return tuple(write[suffix](of) for of in (calculation(WATER), calculation(FORMAMIDE, "6-31g*", cart=True)))


@cache
def fields() -> tuple[bytes, ...]:
    grid = UniformGrid.around(example("water-1"), points_longest=9)
    rng = np.random.default_rng(0)
    values = rng.normal(size=grid.shape)
    holes = np.where(values > 1, np.nan, values)
    return pack_field(values, grid).compressed, pack_field(holes, grid, POTENTIAL).compressed


@cache
def densities() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.safetensors"
        save_density(Density.free_atoms(example("water-1"), AuxiliaryBasis.load()), path)
        return (path.read_bytes(),)
