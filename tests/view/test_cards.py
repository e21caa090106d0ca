"""Cards and their plots: every number drawn is one of the card."""

import pytest

from core.view.card_figures import FORCE, error_by_size, learning_curve, trust_coverage
from core.view.cards import model_cards


def point(kind: str, structures: int, force: float) -> dict:
    return {"kind": kind, "structures": structures, "eps_ks": 0.3, FORCE: force}


def test_the_shipped_models_have_cards_with_plots() -> None:
    cards = {card.name: card for card in model_cards()}
    figure = error_by_size(cards["water"].content)
    assert figure is not None
    drawn = {trace.name: dict(zip(trace.x, trace.y, strict=True)) for trace in figure.data}
    for name, row in cards["water"].content["metrics"].items():
        expected = {int(size): part["force_mae_mev_per_angstrom"] for size, part in row["by_size"].items()}
        assert drawn[name.replace("_", " ")] == expected
        assert list(drawn[name.replace("_", " ")]) == sorted(expected)


def test_tables_by_size_are_apart() -> None:
    for card in model_cards():
        assert "by number of" in card.by_size and "by number of" not in card.text
        for name in card.content["metrics"]:
            assert f"{name}, by number of" in card.by_size and f"| {name} |" in card.text


def test_every_set_of_a_card_can_be_told_from_the_others() -> None:
    for card in model_cards():
        for figure in (error_by_size(card.content), trust_coverage(card.content)):
            assert figure is not None
            drawn = [trace for trace in figure.data if trace.marker.symbol]
            for looks in ({trace.line.color for trace in drawn}, {trace.marker.symbol for trace in drawn}):
                assert len(looks) == len(drawn) > 3


def test_learning_curve_draws_one_line_per_network() -> None:
    card = {
        "learning_curve": {
            "runs": [point("equivariant", 25, 100.0), point("equivariant", 50, 60.0), point("plain", 25, 900.0)],
            "slopes": {"equivariant": {"force": -0.74}, "plain": {"force": float("nan")}},
        }
    }
    figure = learning_curve(card)
    assert figure is not None
    assert [tuple(trace.y) for trace in figure.data] == [(100.0, 60.0), (900.0,)]
    assert "-0.74" in figure.data[0].name
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_coverage_is_drawn_against_the_diagonal_for_each_set() -> None:
    card = {card.name: card for card in model_cards()}["water"].content
    figure = trust_coverage(card)
    assert figure is not None
    diagonal, *sets = figure.data
    assert tuple(diagonal.x) == tuple(diagonal.y) == (0, 100)
    assert len(sets) == len(card["trust"]["sets"])
    for trace, (name, row) in zip(sets, card["trust"]["sets"].items(), strict=True):
        assert trace.name.startswith(name.replace("_", " "))
        assert list(trace.x) == [100 * level for level in card["trust"]["levels"]]
        assert list(trace.y) == [100 * share for share in row["coverage"]]
        assert list(trace.y) == sorted(trace.y)


@pytest.mark.parametrize("draw", [error_by_size, learning_curve, trust_coverage])
def test_a_card_without_measurements_has_no_plot(draw) -> None:
    assert draw({}) is None
