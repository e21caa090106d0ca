"""A helix from its sequence: the same each time, lying along x, in a file that says what it is."""

import numpy as np
import pytest

from core.chem.subject import Source, from_source
from core.data import helix
from core.data.helix import lowest_helix, pdb_text


def test_a_helix_is_the_same_each_time_and_its_file_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helix, "ATTEMPTS", 2)
    first, second = (pdb_text(lowest_helix("ACEKHM"), "Six") for _ in range(2))
    assert first == second and "EXPDTA    THEORETICAL MODEL" in first
    subject = from_source(Source(first.encode(), "six.pdb"))
    assert subject.topology is not None and subject.molecule.title == "Six" and subject.molecule.charge == 0
    assert [residue.name for residue in subject.topology.residues] == ["ALA", "CYS", "GLU", "LYS", "HIS", "MET"]
    # As the file has them: nothing is added, moved or named anew.
    atoms = [line for line in first.splitlines() if line.startswith("ATOM")]
    assert subject.topology.atom_names == tuple(line[12:16].strip() for line in atoms)
    places = np.array([[float(line[start : start + 8]) for start in (30, 38, 46)] for line in atoms])
    np.testing.assert_allclose(subject.molecule.positions_angstrom, places, atol=1e-9)
    assert np.argmax(np.ptp(places, axis=0)) == 0
