"""What Compare offers before a calculation: a run that would be stopped at its limit is not offered."""

import pytest
from streamlit.testing.v1 import AppTest


def page(estimate_seconds: float, predicted: bool) -> None:
    """The panel, of a calculation that is thought to take so long."""
    from types import SimpleNamespace
    from typing import Any

    from core.chem.examples import example
    from core.reference.level import DEFAULT_LEVEL
    from core.view.job_panel import run_panel

    client: Any = SimpleNamespace(
        unfinished=lambda visitor: [],
        status=lambda job: SimpleNamespace(finished=True),
        store=SimpleNamespace(failure=lambda job: None),
        estimate_seconds=lambda molecule, level: estimate_seconds,
    )
    picture: Any = SimpleNamespace(
        molecule=example("water-1"), predicted=SimpleNamespace(prediction=object() if predicted else None)
    )
    run_panel(client, picture, DEFAULT_LEVEL)


def shown(estimate_seconds: float, *, predicted: bool = True) -> AppTest:
    app = AppTest.from_function(page, args=(estimate_seconds, predicted), default_timeout=60).run()
    assert not app.exception
    return app


@pytest.mark.parametrize(("estimate_seconds", "too_long"), [(60.0, False), (1e5, True)])
def test_a_run_that_its_limit_would_stop_cannot_be_begun(estimate_seconds: float, too_long: bool) -> None:
    app = shown(estimate_seconds)
    [run] = app.button
    assert run.disabled == too_long and ("RHOSCOPE_DFT_TIME_LIMIT_SECONDS" in run.help) == too_long
    warnings = " ".join(warning.value for warning in app.warning)
    assert ("smaller structure" in warnings and "smaller orbital basis" in warnings) == too_long
    # A visitor has no environment of the server.
    assert "RHOSCOPE_" not in warnings


def test_what_the_prediction_alone_says_is_announced_where_there_is_one() -> None:
    words = "what the predicted density alone says"
    assert words in shown(60.0).markdown[-1].value
    assert words not in shown(60.0, predicted=False).markdown[-1].value
