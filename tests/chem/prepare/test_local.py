"""Missing atoms of side chains that are turned otherwise than the template: bonds and angles come out right."""

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdDistGeom, rdMolTransforms

from core.chem.components import standard_components
from core.chem.prepare import Options, prepare
from core.chem.prepare.local import built_locally, strain
from tests.molecules import atoms_of, name_of, number_of, polymer, shifted, without

CHI = (("N", "CA", "CB", "CG"), ("CA", "CB", "CG", "CD"), ("CB", "CG", "CD", "NE"), ("CG", "CD", "NE", "CZ"))


def arginine(chi: tuple[float, ...]) -> str:
    """Gly-Arg-Gly whose side chain has these torsions, degrees, without NH1 and NH2."""
    molecule = Chem.AddHs(Chem.MolFromSequence("GRG"))
    assert rdDistGeom.EmbedMolecule(molecule, randomSeed=3) == 0
    known = [(atom.GetMonomerInfo(), atom.GetIdx()) for atom in molecule.GetAtoms() if atom.GetMonomerInfo()]
    index = {info.GetName().strip(): at for info, at in known if info.GetResidueNumber() == 2}
    for names, degrees in zip(CHI, chi, strict=True):
        rdMolTransforms.SetDihedralDeg(molecule.GetConformer(), *(index[name] for name in names), degrees)
    lines = atoms_of(Chem.MolToPDBBlock(Chem.RemoveHs(molecule)))
    return "".join(x for x in lines if (number_of(x), name_of(x)) not in {(2, "NH1"), (2, "NH2")}) + "END\n"


@pytest.mark.parametrize("chi", [(180.0, 180.0, 180.0, 180.0), (60.0, 60.0, 60.0, 90.0), (-60.0, -60.0, -60.0, 0.0)])
def test_the_end_of_an_arginine_is_flat_and_whole(chi: tuple[float, ...]) -> None:
    """Stretched out, PDBFixer's own NH1 lies on the hydrogen of NE."""
    structure = prepare(arginine(chi).encode(), "a.pdb", Options())
    own = structure.topology.atoms_of_residue[1]
    at = {structure.topology.atom_names[k]: structure.molecule.positions_angstrom[k] for k in own.tolist()}

    def distance(first: str, second: str) -> float:
        return float(np.linalg.norm(at[first] - at[second]))

    assert 1.28 < distance("CZ", "NH1") < 1.40 and 1.28 < distance("CZ", "NH2") < 1.40
    for pair in (("NE", "NH1"), ("NE", "NH2"), ("NH1", "NH2")):
        assert 2.15 < distance(*pair) < 2.55
    normal = np.cross(at["NE"] - at["CZ"], at["NH1"] - at["CZ"])
    assert abs(normal @ (at["NH2"] - at["CZ"])) / np.linalg.norm(normal) < 0.15
    assert structure.residue_charges[1] == 1


def test_atoms_are_carried_over_with_their_neighbours_and_what_hangs_on_nothing_is_left() -> None:
    component = standard_components()["VAL"]
    rng = np.random.default_rng(0)
    template = {name: rng.normal(size=3) for name in component.elements}
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    moved = {name: turn @ position + [1.0, 2.0, 3.0] for name, position in template.items()}
    known = {name: moved[name] for name in ("N", "CA", "C", "CB")}
    found = built_locally(["CG1", "CG2", "O"], known, template, component)
    assert set(found) == {"CG1", "CG2", "O"}
    for name, position in found.items():
        np.testing.assert_allclose(position, moved[name], atol=1e-9)
    assert strain(found, known | found, template, component) < 1e-6
    assert strain(found, known | found | {"CG1": found["CG1"] + 0.5}, template, component) > 1.0
    assert built_locally(["CG1"], {"N": moved["N"]}, template, component) == {}


@pytest.mark.parametrize("apart", [3.5, 5.0])
def test_angles_are_sound_where_pdbfixer_pushes_atoms_away_from_others(apart: float) -> None:
    whole = polymer("GKG")
    text = without(whole, "LYS", "CD", "CE", "NZ").replace("END\n", "") + shifted(polymer("GAG"), apart, "B")
    structure = prepare(text.encode(), "a.pdb", Options(protonation="rules"))
    own = structure.topology.atoms_of_residue[1]
    at = {structure.topology.atom_names[k]: structure.molecule.positions_angstrom[k] for k in own.tolist()}
    for names in (("CB", "CG", "CD"), ("CG", "CD", "CE"), ("CD", "CE", "NZ")):
        first, middle, last = (at[name] for name in names)
        cosine = (first - middle) @ (last - middle) / np.linalg.norm(first - middle) / np.linalg.norm(last - middle)
        assert 105.0 < np.degrees(np.arccos(cosine)) < 118.0, names
