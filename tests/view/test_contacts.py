"""The table of hydrogen bonds: one row each, the densest first, atoms by name where names are known."""

import numpy as np

from core.chem.examples import example
from core.chem.topology import Residue, Topology
from core.model.predict import load_model, predict
from core.view.contacts import hydrogen_bond_table


def test_rows_are_bonds_the_densest_first() -> None:
    molecule = example("water-6")
    density = predict(molecule, load_model("water")).density
    table = hydrogen_bond_table(density)
    assert {len(column) for column in table.values()} == {8}
    assert table["density_e_per_bohr3"] == sorted(table["density_e_per_bohr3"], reverse=True)
    assert all(name.startswith("O") for name in table["donor"] + table["acceptor"])
    assert all(name.startswith("H") for name in table["hydrogen"])
    # Water n has the atoms 3n + 1 (O), 3n + 2 and 3n + 3: a hydrogen belongs to its donor.
    for donor, hydrogen in zip(table["donor"], table["hydrogen"], strict=True):
        assert 0 < int(hydrogen[1:]) - int(donor[1:]) <= 2
    waters = tuple(Residue("W", "HOH", number, kind="water") for number in range(1, 7))
    named = hydrogen_bond_table(density, Topology(waters, ("O", "H1", "H2") * 6, np.repeat(np.arange(6), 3)))
    assert named["donor"][0] == f"HOH W {(int(table['donor'][0][1:]) + 2) // 3} O"
    assert named["density_e_per_bohr3"] == table["density_e_per_bohr3"]


def test_a_single_water_has_an_empty_table() -> None:
    table = hydrogen_bond_table(predict(example("water-1"), load_model("water")).density)
    assert set(map(len, table.values())) == {0} and "density_e_per_bohr3" in table
