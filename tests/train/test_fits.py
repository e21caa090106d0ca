"""Shipped fits: those of the calculations beside them, near enough for training; what does not fit is not used."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.forces.hellmann_feynman import force_matrix
from core.gaussian.basis import AuxiliaryBasis
from core.reference.fit import fit
from core.reference.record import Record, read_records
from core.train import fits
from core.train.fits import (
    DATASETS,
    ShippedFits,
    fitted_coefficients,
    shipped_fits,
    training_coefficients,
    training_files,
    write_fits,
)
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM


@pytest.fixture(scope="module")
def basis() -> AuxiliaryBasis:
    return AuxiliaryBasis.load()


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """The smallest of four shards, one at the second level."""
    names = ("water/train-0000", "fragments/cheap-0003", "fragments/train-0000", "fragments/heavy-0000")
    shards = [list(read_records(DATASETS / f"{name}.h5")) for name in names]
    return [min(shard, key=lambda record: len(record.molecule)) for shard in shards]


def test_what_is_shipped_is_the_fit(records: list[Record], basis: AuxiliaryBasis) -> None:
    shipped = shipped_fits(basis)
    assert all(shipped.of(record) is not None for path in training_files() for record in read_records(path))
    for record in records:
        found, made = shipped.of(record), fit(record, basis).coefficients
        assert found is not None
        np.testing.assert_allclose(found, made, atol=2e-6)
        moved = force_matrix(record.molecule, basis) @ (found - made)
        assert np.abs(moved).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM < 0.1


def test_no_fit_of_a_test_set_is_shipped(basis: AuxiliaryBasis) -> None:
    for name in ("heldout-0000", "large-0000", "small-cutouts-0000"):
        assert all(shipped_fits(basis).of(r) is None for r in read_records(DATASETS / f"fragments/{name}.h5"))


def test_training_takes_what_is_shipped_and_makes_the_rest(
    tmp_path: Path, records: list[Record], basis: AuxiliaryBasis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fits, "fit", lambda *_: pytest.fail("made again"))
    training_coefficients(records[0], basis, tmp_path)
    assert not list(tmp_path.iterdir())
    monkeypatch.undo()
    turned = replace(records[0].molecule, positions_angstrom=records[0].molecule.positions_angstrom[:, [1, 2, 0]])
    new = replace(records[0], molecule=turned)
    assert shipped_fits(basis).of(new) is None
    training_coefficients(new, basis, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_another_basis_a_damaged_file_or_none_ship_nothing(
    tmp_path: Path, records: list[Record], basis: AuxiliaryBasis
) -> None:
    path = tmp_path / "fits.safetensors"
    assert len(ShippedFits(path, basis)) == 0
    write_fits(path, records[:2], basis, tmp_path / "cache")
    found = ShippedFits(path, basis)
    assert len(found) == 2 and found.of(records[2]) is None
    np.testing.assert_allclose(found.of(records[1]), fitted_coefficients(records[1], basis, tmp_path / "cache"), 1e-6)
    save_file(load_file(path), tmp_path / "other.safetensors", {"format": fits.FORMAT, "basis": "x"})
    assert len(ShippedFits(tmp_path / "other.safetensors", basis)) == 0
    path.write_bytes(path.read_bytes()[:100])
    assert len(ShippedFits(path, basis)) == 0
