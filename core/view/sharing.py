"""The table of residues on the page, while its charges and dipoles are made and when they are there.

What is there at once, the forces, is shown at once; a bar says how far the sharing of the density is. It can be
stopped, and what was done of it is not lost.
"""

from collections.abc import Hashable
from functools import partial

import streamlit as st

from core.chem.topology import Topology
from core.forces.residues import ResidueTable
from core.view import residues
from core.view.picture import Picture
from core.view.working import bar_with_cancel

# Fewer atoms take a second or two: nobody needs a bar, and none could stop it sooner.
FROM_ATOMS = 64
_NOTE = "The forces are there already. It goes on while you look at other things."
_STOPPED, _UNDER_WAY = "sharing_stopped", "sharing_under_way"


def table_now(picture: Picture, topology: Topology) -> ResidueTable:
    """What is there of the table; of a small structure all, which is waited for."""
    table = residues.table_ready(picture, topology)
    if table is None and len(picture.molecule) < FROM_ATOMS:
        with st.spinner("Sharing the density among the residues"):
            table = residues.table_of(picture, topology)
    return table or residues.table_of_forces(picture, topology)


def share(picture: Picture, topology: Topology) -> None:
    """Waits here for the charges and dipoles, with a bar and a way to stop it, and runs the page again with them; or
    offers to go on where this visitor has stopped it. Nothing where they are there."""
    if residues.table_ready(picture, topology) is not None:
        return
    place, structure = st.empty(), picture.molecule.content_hash
    if st.session_state.get(_STOPPED) == structure:
        with place.container(horizontal=True, vertical_alignment="center"):
            st.button("Go on", key="go_on_sharing", icon=":material/play_arrow:", on_click=_go_on)
            st.caption("Charges and dipoles are not made yet; what was done of them is kept.", width="content")
        return
    key = residues.key_of(picture, topology)
    st.session_state[_UNDER_WAY] = structure, key
    bar = bar_with_cancel(place, "stop_sharing", partial(_stop, structure, key), _NOTE)

    def tell(before: int, done: float) -> None:
        others = f": {before} other{'s' * (before > 1)} before it" if before else ""
        bar.progress(done, f"Sharing the density among the residues{others or f': {100.0 * done:.0f} %'}")

    residues.table_meanwhile(picture, topology, tell)
    st.rerun()


def give_up_others(picture: Picture) -> None:
    """What is under way for this visitor of another structure than `picture` is not wanted any more."""
    before: tuple[str, tuple[Hashable, ...]] | None = st.session_state.get(_UNDER_WAY)
    if before is not None and before[0] != picture.molecule.content_hash:
        del st.session_state[_UNDER_WAY]
        residues.stop_sharing(before[1])


def _stop(structure: str, key: tuple[Hashable, ...]) -> None:
    st.session_state[_STOPPED] = structure
    residues.stop_sharing(key)


def _go_on() -> None:
    st.session_state.pop(_STOPPED, None)
