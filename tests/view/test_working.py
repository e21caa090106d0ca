"""What is said and asked before a large structure is predicted, and told while it is."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.bench.scaling import liquid_water
from core.chem.examples import example
from core.errors import CalculationError
from core.model.estimate import Estimate
from core.view import working
from core.view.picture import picture_of


def test_small_structures_need_no_estimate() -> None:
    assert working.expected(example("water-1")) is None


def test_large_ones_have_one_unless_the_memory_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    molecule = liquid_water(170)
    found = working.expected(molecule)
    assert found is not None and list(found.seconds) == ["coefficients", "forces", "grid", "levels"]
    shares = [found.share(step, share) for step in found.seconds for share in (0.0, 0.5, 1.0)]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == pytest.approx(1.0)
    monkeypatch.setattr(working.psutil, "virtual_memory", lambda: SimpleNamespace(available=-1e15))
    with pytest.raises(CalculationError, match="510 atoms need .* GB of memory"):
        working.expected(molecule)


def _page() -> None:
    import streamlit as st

    from core.chem.examples import example
    from core.model.estimate import Estimate
    from core.view.working import may_start

    seconds = st.number_input("Seconds", value=1.0)
    st.write(f"starts: {may_start(example('water-1'), Estimate({'coefficients': seconds}, 1e9))}")


def test_what_takes_long_is_asked_about_once() -> None:
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert page.markdown[-1].value == "starts: True" and not page.button
    page.number_input[0].set_value(900.0).run()
    assert page.markdown[-1].value == "starts: False"
    assert "**3 atoms** take about 15 minutes and 1.0 GB" in page.markdown[0].value
    page.button[0].click().run()
    assert page.markdown[-1].value == "starts: True" and not page.button
    page.run()
    assert page.markdown[-1].value == "starts: True" and not page.exception


def test_every_step_of_a_picture_is_told() -> None:
    molecule = example("water-5")
    steps: list[str] = []
    picture_of(molecule, lambda step, share: steps.append(step) if step not in steps else None)
    assert steps == [step for step in working.STEPS if step != "queued"]
    assert Estimate(dict.fromkeys(steps[1:], 1.0), 0.0).share("grid", 0.5) == pytest.approx(0.625)


def test_a_large_picture_made_faster_than_was_thought_shortens_later_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "FROM_ATOMS", 1)
    monkeypatch.setattr(working, "_slowness", {"water": 1e6})
    picture = picture_of(example("water-3"))
    before = working.expected(picture.molecule).total_seconds
    working.learn_from(picture)
    assert 0.0 < working.expected(picture.molecule).total_seconds < 1e-3 * before
    fast = working.expected(picture.molecule).total_seconds
    monkeypatch.setitem(working._slowness, "water", working._slowness["water"] / 1e3)
    working.learn_from(picture)
    assert working.expected(picture.molecule).total_seconds == pytest.approx(fast / 1e3)
