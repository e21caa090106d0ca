"""Sharing the density among residues: a bar, a way to stop it, and nothing lost where it was stopped."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from core.density import hirshfeld
from core.view import residues


def _page() -> None:
    import streamlit as st

    from core.chem.examples import example_path
    from core.chem.subject import Source, from_source
    from core.view import sharing
    from core.view.picture import picture_of

    path = example_path("water-6")
    subject = from_source(Source(path.read_bytes(), path.name))
    topology, picture = subject.topology, picture_of(subject.molecule)
    assert topology is not None
    sharing.give_up_others(picture)
    row = sharing.table_now(picture, topology).rows()[0]
    st.write(f"force {row['force_mev_per_angstrom']}, charge {row['charge_e']}")
    sharing.share(picture, topology)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Pieces of three atoms, one for each release; everything shared before is forgotten."""
    from core.view import sharing
    from core.view.ahead import Ahead
    from core.view.kept import Kept

    passing, piece = threading.Semaphore(0), hirshfeld._piece

    def slowly(*arguments: object) -> hirshfeld.HirshfeldAtoms:
        passing.acquire()
        return piece(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(hirshfeld, "_piece", slowly)
    monkeypatch.setattr(hirshfeld, "ATOMS_AT_ONCE", 3)
    monkeypatch.setattr(sharing, "FROM_ATOMS", 1)
    for name, fresh in (("_tables", Kept(2)), ("_pieces", Kept(2)), ("_ahead", Ahead())):
        monkeypatch.setattr(residues, name, fresh)
    return passing


def test_it_is_stopped_and_goes_on_where_it_was(gate: threading.Semaphore, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    wait = residues.table_meanwhile

    class Away(Exception):
        """The visitor clicks: what waits in the page ends."""

    def until_third(picture, topology, tell):  # type: ignore[no-untyped-def]
        def look(before: int, share: float) -> None:
            tell(before, share)
            told.append(share)
            if share >= 2 * 3 / 18:
                raise Away

        return wait(picture, topology, look)

    monkeypatch.setattr(residues, "table_meanwhile", until_third)
    gate.release(2)
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert page.exception and told[-1] == pytest.approx(1 / 3), "a third is done, and the page was left"
    force = page.markdown[0].value.removesuffix("charge None")
    assert force != page.markdown[0].value, "forces stand there meanwhile"
    page.button(key="stop_sharing").click().run()
    assert not page.exception and page.button(key="go_on_sharing") and page.markdown[0].value == f"{force}charge None"
    # The piece under way is still made, then it ends.
    gate.release()
    monkeypatch.setattr(residues, "table_meanwhile", wait)
    gate.release(3)
    page.button(key="go_on_sharing").click().run()
    assert not page.exception and not page.button, "three pieces were enough: the others were kept"
    assert page.markdown[0].value.startswith(force) and "None" not in page.markdown[0].value


def test_another_structure_ends_it(gate: threading.Semaphore, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[object] = []
    monkeypatch.setattr(residues, "stop_sharing", ended.append)
    gate.release(6)
    page = AppTest.from_function(_page, default_timeout=60)
    page.session_state["sharing_under_way"] = ("another structure", ("its", "key"))
    page.run()
    assert ended == [("its", "key")] and not page.exception
