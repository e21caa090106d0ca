"""Ligands that are unlike all that the model was trained on, each to be left out with one click."""

from dataclasses import replace

import streamlit as st

from core.chem.subject import Subject
from core.model.trust import ligands_outside
from core.view.picture import Picture
from core.view.preparation import Apply
from core.view.trust import trust_of
from core.view.words import escaped

MOST = 3
_HELP = (
    "Prepare the structure again without it. What the model makes of it is a guess, and its field is felt by all other "
    "atoms. Under Preparation it can be taken in again."
)


def ligands_to_leave_out(subject: Subject, picture: Picture) -> tuple[str, ...]:
    """Names of ligands outside the domain; none where the structure cannot be prepared anew."""
    trust, topology = trust_of(picture), subject.topology
    if trust is None or topology is None or subject.source is None:
        return ()
    return tuple(name for name in ligands_outside(trust, topology) if name not in subject.options.drop)[:MOST]


def offer_to_leave_out(subject: Subject, picture: Picture, apply: Apply) -> None:
    """A button for each of `ligands_to_leave_out`; `apply` is called with the options that leave it out."""
    if names := ligands_to_leave_out(subject, picture):
        with st.container(horizontal=True):
            for name in names:
                if st.button(f"Leave out {escaped(name)}", icon=":material/content_cut:", help=_HELP):
                    apply(replace(subject.options, drop=(*subject.options.drop, name)))
