"""The net force against chance: independent errors, and those of the shipped model on molecules it had not seen."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi

from core.model.error_law import LEVELS, ErrorLaw
from core.model.net_force import UNLIKELY, NetForce, net_force
from core.model.predict import load_model, predict
from core.model.trust import assess
from core.reference.record import read_records
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

FRAGMENTS = Path(__file__).parents[2] / "assets/datasets/fragments"


def test_the_root_mean_square_is_that_of_the_distribution() -> None:
    law = ErrorLaw({8: (0.0, 1.0)}, {}, tuple(chi(3).ppf(LEVELS)))
    assert law.root_mean_square(np.array([8]), np.array([2.0]))[0] == pytest.approx(2.0 * np.sqrt(3.0), rel=0.01)
    assert np.isnan(law.root_mean_square(np.array([1]), np.array([2.0]))[0])


def test_independent_errors_add_up_in_squares() -> None:
    rng, errors = np.random.default_rng(0), np.array([3.0, 4.0, 12.0, 84.0])
    drawn = rng.normal(size=(4000, 4, 3)) * errors[:, None] / np.sqrt(3.0)
    nets = [NetForce(float(np.linalg.norm(forces.sum(0))), errors) for forces in drawn]
    assert nets[0].expected == pytest.approx(85.0)
    assert np.sqrt(np.mean([net.ratio**2 for net in nets])) == pytest.approx(1.0, abs=0.03)
    assert np.mean([net.errors_share_a_direction for net in nets]) == pytest.approx(0.01, abs=0.005)
    assert pytest.approx(chi(3).ppf(0.99) / np.sqrt(3.0), abs=0.01) == UNLIKELY


def test_the_uncertainty_of_a_group_is_never_less_than_the_net_force_says() -> None:
    quiet, loud = (NetForce(size, np.array([3.0, 4.0, 12.0])) for size in (1.0, 39.0))
    assert quiet.uncertainty(np.array([0, 1])) == pytest.approx(5.0)
    assert loud.uncertainty(np.array([0, 1])) == pytest.approx(15.0), "three times as large as independent errors"
    assert loud.uncertainty(np.arange(3)) == pytest.approx(39.0) and loud.errors_share_a_direction
    unknown = NetForce(39.0, np.array([3.0, np.nan, 12.0]))
    assert unknown.expected is None and unknown.uncertainty(np.arange(3)) is None
    assert unknown.uncertainty(np.array([0])) == 3.0 and not unknown.errors_share_a_direction


def test_it_holds_on_molecules_that_were_not_trained_on() -> None:
    """Of cut-outs of proteins that no choice was made with: net forces, and forces on parts of eight atoms, are off by
    what is expected of them within a quarter."""
    whole, parts = [], []
    model = load_model("bio")
    for path in sorted(FRAGMENTS.glob("small-cutouts-*.h5")):
        for record in read_records(path):
            prediction = predict(record.molecule, model)
            forces = prediction.forces_hartree_per_bohr * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
            net = net_force(forces, assess(prediction, model))
            errors = forces - record.forces_mev_per_angstrom
            whole.append(net.ratio)
            unscaled = NetForce(0.0, net.errors)
            for start in range(0, len(errors) - 7, 4):
                part = np.arange(start, start + 8)
                parts.append(float(np.linalg.norm(errors[part].sum(0))) / (unscaled.uncertainty(part) or np.nan))
    assert len(whole) == 18 and len(parts) > 30
    assert 0.75 < np.sqrt(np.mean(np.square(whole))) < 1.25
    assert 0.75 < np.sqrt(np.mean(np.square(parts))) < 1.25
