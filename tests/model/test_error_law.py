"""The law of errors against errors drawn from a known one."""

import numpy as np
import pytest
from scipy.stats import chi

from core.model.error_law import FEWEST_ATOMS, LEVELS, ErrorLaw

TRUTH = {1: (np.log(12.0), 1.0), 8: (np.log(45.0), 1.6)}


def drawn(n: int, seed: int = 0, truth: dict = TRUTH) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers, distances, and errors: lengths of normal vectors times the power law, median one."""
    rng = np.random.default_rng(seed)
    numbers = rng.choice(sorted(truth), size=n)
    distances = rng.uniform(0.3, 4.0, n)
    scale = np.exp([truth[z][0] + truth[z][1] * np.log(d) for z, d in zip(numbers.tolist(), distances, strict=True)])
    return numbers, distances, scale * np.linalg.norm(rng.normal(size=(n, 3)), axis=1) / chi(3).median()


def test_a_known_law_is_found_again() -> None:
    law = ErrorLaw.fitted(*drawn(20_000), {1, 8})
    for z, (_, b) in TRUTH.items():
        assert law.coefficients[z][1] == pytest.approx(b, abs=0.03)
        expected = law.quantile(np.array([z]), np.array([2.0]), 0.5)
        assert expected[0] == pytest.approx(np.exp(TRUTH[z][0]) * 2.0**b, rel=0.03)
    upper, middle = (law.quantile(np.array([8]), np.array([1.3]), level)[0] for level in (0.9, 0.5))
    assert upper / middle == pytest.approx(chi(3).ppf(0.9) / chi(3).median(), rel=0.03)


def test_quantiles_cover_atoms_that_were_not_fitted_on() -> None:
    law = ErrorLaw.fitted(*drawn(2000), {1, 8})
    numbers, distances, errors = drawn(20_000, seed=1)
    for level in LEVELS:
        share = (errors < law.quantile(numbers, distances, level)).mean()
        assert share == pytest.approx(level, abs=0.03)


def test_a_rare_element_shares_the_law_of_those_like_it() -> None:
    truth = {1: TRUTH[1], 8: TRUTH[8], 16: TRUTH[8]}
    numbers, distances, errors = drawn(6000, truth=truth)
    rare = np.flatnonzero(numbers == 16)[FEWEST_ATOMS - 1 :]
    kept = np.setdiff1d(np.arange(len(numbers)), rare)
    law = ErrorLaw.fitted(numbers[kept], distances[kept], errors[kept], {1, 8, 15, 16})
    assert law.coefficients[16] == law.coefficients[15]
    assert law.coefficients[16] == pytest.approx(law.coefficients[8], abs=0.1)
    assert law.coefficients[16] != pytest.approx(law.coefficients[1], abs=0.5)


def test_farther_is_never_better() -> None:
    numbers, distances, errors = drawn(2000)
    law = ErrorLaw.fitted(numbers, distances, 100.0 / errors, {1, 8})
    near, far = (law.quantile(np.array([1, 8]), np.full(2, d), 0.5) for d in (0.5, 3.0))
    np.testing.assert_allclose(near, far)


def test_beyond_is_beyond_what_was_fitted() -> None:
    numbers, distances, errors = drawn(5000)
    law = ErrorLaw.fitted(numbers, distances, errors, {1, 8})
    assert not law.beyond(numbers, distances).any()
    assert law.beyond(np.array([1, 8]), np.array([7.0, 7.0])).all()
    assert not law.beyond(np.array([1]), np.array([np.nan])).any()
    close = ErrorLaw.fitted(numbers, distances / 100, errors, {1, 8})
    assert not close.beyond(np.array([1]), np.array([1.5])).any()


def test_what_is_not_known_is_not_a_number() -> None:
    law = ErrorLaw.fitted(*drawn(500), {1, 8})
    found = law.quantile(np.array([1, 6, 8]), np.array([1.0, 1.0, np.nan]), 0.5)
    assert np.isnan(found).tolist() == [False, True, True]


def test_json_keeps_it_and_other_levels_are_refused() -> None:
    law = ErrorLaw.fitted(*drawn(500), {1, 8})
    assert ErrorLaw.from_json(law.to_json()) == law
    with pytest.raises(ValueError, match="levels"):
        ErrorLaw.from_json(law.to_json() | {"levels": [0.5]})
    with pytest.raises(ValueError, match="no atoms"):
        ErrorLaw.fitted(np.zeros(0, dtype=int), np.zeros(0), np.zeros(0), {1})
