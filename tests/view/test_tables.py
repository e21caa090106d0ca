"""Every column on the screen says what it is, in words and with its unit."""

import numpy as np
import pytest
import streamlit as st

from core.chem.examples import example
from core.chem.topology import Residue, Topology
from core.lessons.data import curves
from core.lessons.turning import Pose
from core.model.atom_table import atom_table
from core.view import tables
from core.view.contacts import hydrogen_bond_table
from core.view.degrees import degrees_of, ladder_of
from core.view.doubt import gallery
from core.view.how_much import runs_table
from core.view.irreps import features_of, norm_table
from core.view.picture import picture_of
from core.view.residues import table_of
from core.view.tables import COLUMNS, explained, show_table
from core.view.trust import trust_of


def shown_names() -> set[str]:
    """Columns of the tables of a water dimer and of the workshop; those of a comparison are in test_error_tables.py."""
    dimer = example("water-2")
    picture = picture_of(dimer)
    trust = trust_of(picture)
    assert trust is not None
    waters = Topology((Residue("A", "HOH", 1), Residue("A", "HOH", 2)), ("O", "H1", "H2") * 2, np.repeat([0, 1], 3))
    before, after = features_of(dimer, Pose.of((0, 0, 40)))
    found = curves()
    return {
        *atom_table(dimer, picture.predicted.forces_hartree_per_bohr, waters, trust),
        *table_of(picture, waters).rows()[0],
        *hydrogen_bond_table(picture.predicted.density),
        *degrees_of(ladder_of(dimer)),
        *norm_table(before, after, 0, 1),
        *runs_table(found, 4),
        *gallery(()),
    }


def test_every_column_says_what_it_is() -> None:
    names = shown_names()
    assert len(names) > 40
    for name, told in explained(names).items():
        assert told["help"].endswith("."), name
        # On the screen a name is words and a unit, not that of a column of a file.
        assert "_" not in told["label"], name
    with pytest.raises(KeyError):
        explained(["what nobody explained"])


def test_units_in_names_of_files_are_said_on_the_screen() -> None:
    units = {"mev_per_angstrom": "meV/Å", "_debye": "D", "_degrees": "°", "e_per_bohr3": "e/a₀³", "charge_e": "e"}
    checked = 0
    for name, column in COLUMNS.items():
        for ending, unit in units.items():
            if name.endswith(ending):
                assert column.label.endswith(unit), name
                checked += 1
    assert checked >= 10


def test_rows_and_columns_are_told_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict] = []
    monkeypatch.setattr(tables.st, "dataframe", lambda table, **options: told.append(options))
    show_table({"charge_e": [0.1], "atoms": [3]}, height=420)
    show_table([{"charge_e": 0.1, "atoms": 3}])
    assert told[0]["column_config"] == told[1]["column_config"] and told[0]["height"] == 420
    assert told[0]["column_config"]["charge_e"] == st.column_config.NumberColumn(
        "Charge, e", help=COLUMNS["charge_e"].help, format="%.3f"
    )
