"""The net force against chance: independent errors, and those of the shipped model on molecules it had not seen."""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.stats import chi

from core.model.error_law import LEVELS, ErrorLaw
from core.model.net_force import UNLIKELY, NetForce, net_force
from core.model.predict import load_model, predict
from core.model.trust import assess
from core.reference.record import read_records

FRAGMENTS = Path(__file__).parents[2] / "assets/datasets/fragments"


def test_the_root_mean_square_is_that_of_the_distribution() -> None:
    law = ErrorLaw({8: (0.0, 1.0)}, {}, tuple(chi(3).ppf(LEVELS)))
    assert law.root_mean_square(np.array([8]), np.array([2.0]))[0] == pytest.approx(2.0 * np.sqrt(3.0), rel=0.01)
    assert np.isnan(law.root_mean_square(np.array([1]), np.array([2.0]))[0])


def test_independent_errors_add_up_in_squares() -> None:
    rng, errors = np.random.default_rng(0), np.array([3.0, 4.0, 12.0, 84.0])
    drawn = rng.normal(size=(4000, 4, 3)) * errors[:, None] / np.sqrt(3.0)
    like = np.full(4, 0.25), np.ones(4)
    nets = [NetForce(float(np.linalg.norm(forces.sum(0))), errors, *like) for forces in drawn]
    assert nets[0].expected == pytest.approx(85.0)
    assert np.sqrt(np.mean([net.size**2 for net in nets])) == pytest.approx(85.0, rel=0.03)
    assert np.mean([net.errors_share_a_direction for net in nets]) == pytest.approx(0.01, abs=0.005)
    assert pytest.approx(chi(3).ppf(0.99) / np.sqrt(3.0), abs=0.01) == UNLIKELY


@pytest.mark.parametrize("field", [0.0, 30.0])
def test_what_is_left_of_errors_in_a_group(field: float) -> None:
    """Against drawn errors, independent ones and those of a field on all nuclei, whose sum is taken off in parts."""
    rng, errors, shares = np.random.default_rng(1), np.array([3.0, 4.0, 12.0]), np.array([0.5, 0.2, 0.3])
    charges = np.array([1.0, 6.0, 8.0])
    drawn = rng.normal(size=(20_000, 3, 3)) * errors[:, None] / np.sqrt(3.0)
    drawn += field * charges[:, None] * rng.normal(size=(20_000, 1, 3)) / np.sqrt(3.0)
    size = float(np.sqrt((drawn.sum(1) ** 2).sum(1).mean()))
    drawn -= shares[:, None] * drawn.sum(1, keepdims=True)
    net = NetForce(size, errors, shares, charges)
    for group in ([0], [0, 1], [2, 0], [0, 1, 2]):
        atoms = np.array(group)
        found = np.sqrt((drawn[:, atoms].sum(1) ** 2).sum(1).mean())
        assert net.uncertainty(atoms) == pytest.approx(found, rel=0.02, abs=1e-6)
        # Both add up to nothing: a group is as uncertain as the rest.
        rest = np.setdiff1d(np.arange(3), atoms)
        assert net.uncertainty(rest) == pytest.approx(net.uncertainty(atoms), abs=1e-6)


def test_it_is_told_and_what_is_not_known_is_not() -> None:
    errors, shares, charges = np.array([3.0, 4.0, 12.0]), np.array([0.5, 0.2, 0.3]), np.ones(3)
    quiet, loud = NetForce(1.0, errors, shares, charges), NetForce(39.0, errors, shares, charges)
    assert loud.errors_share_a_direction and not quiet.errors_share_a_direction
    assert loud.excess == pytest.approx(np.sqrt(39.0**2 - 13.0**2)) and quiet.excess == 0.0
    unknown = NetForce(39.0, np.array([3.0, np.nan, 12.0]), shares, charges)
    assert np.isnan(unknown.expected) and np.isnan(unknown.uncertainty(np.arange(3)))
    assert unknown.uncertainty(np.array([0])) == pytest.approx(np.hypot(1.5, 6.0))
    assert not unknown.errors_share_a_direction
    assert quiet.sentence.endswith("Independent errors of the expected size leave about 13.")
    assert "39 meV/angstrom" in loud.sentence and loud.sentence.endswith("about 13: errors share a direction.")
    assert unknown.sentence.endswith("is (a residue, a ligand, a chain) is not known.")


@pytest.mark.parametrize(
    ("files", "structures", "size", "net_over_independent"),
    [("small-cutouts-*.h5", 18, 8, (0.75, 1.25)), ("large-*.h5", 10, 16, (1.1, 1.8))],
)
def test_it_holds_on_molecules_that_were_not_trained_on(
    files: str, structures: int, size: int, net_over_independent: tuple[float, float]
) -> None:
    """Of cut-outs of proteins, the forces on parts of `size` atoms are off by what is said of them, within a quarter;
    the large ones had more in all than independent errors leave."""
    whole, parts = [], []
    model = load_model("bio")
    for path in sorted(FRAGMENTS.glob(files)):
        for record in read_records(path):
            prediction = predict(record.molecule, model)
            net = net_force(prediction, assess(prediction, model))
            errors = prediction.forces_mev_per_angstrom - record.forces_mev_per_angstrom
            whole.append(net.size / net.expected)
            around = cKDTree(record.molecule.positions_angstrom)
            for centre in record.molecule.positions_angstrom[::3] if len(errors) > 1.5 * size else ():
                part = around.query(centre, size)[1]
                parts.append(float(np.linalg.norm(errors[part].sum(0))) / net.uncertainty(part))
    assert len(whole) == structures and len(parts) > 30
    lowest, highest = net_over_independent
    assert lowest < rms(whole) < highest
    assert 0.75 < rms(parts) < 1.25


def rms(values: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
