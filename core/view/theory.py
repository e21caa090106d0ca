"""The choice of functional and orbital basis on Compare. It outlives a change of page."""

from dataclasses import replace

import streamlit as st

from core.reference.level import DEFAULT_LEVEL, Level

FUNCTIONALS = {
    "PBE0": "PBE0: hybrid, a quarter exact exchange",
    "B3LYP": "B3LYP: hybrid, a fifth exact exchange",
    "PBE": "PBE: gradient-corrected",
    "BLYP": "BLYP: gradient-corrected",
}
BASES = {
    "pcseg-2": "pcseg-2: triple zeta, for densities and forces of DFT",
    "pcseg-1": "pcseg-1: double zeta, about ten times as fast",
    "def2-TZVP": "def2-TZVP: triple zeta",
    "cc-pVTZ": "cc-pVTZ: triple zeta, for correlated methods",
}
_KEPT = "level_of_theory"


def choose_level(functional: str, orbital_basis: str) -> None:
    """Choose for the person; both of the tables above."""
    st.session_state[_KEPT] = replace(DEFAULT_LEVEL, functional=functional, orbital_basis=orbital_basis)


def chosen_level() -> Level:
    """What the person chose, here or before; at first the level that the models predict."""
    kept = st.session_state.get(_KEPT, DEFAULT_LEVEL)
    # Whatever comes or goes above it, a key leaves it open after a choice.
    with st.expander("Level of theory", key="level_of_theory_panel"):
        left, right = st.columns(2)
        functional = left.selectbox(
            "Functional",
            list(FUNCTIONALS),
            index=list(FUNCTIONALS).index(kept.functional),
            format_func=FUNCTIONALS.__getitem__,
        )
        basis = right.selectbox(
            "Orbital basis", list(BASES), index=list(BASES).index(kept.orbital_basis), format_func=BASES.__getitem__
        )
        st.caption(
            f"The models predict {DEFAULT_LEVEL.label}. Against another level you see the error of the prediction and "
            "the difference of the levels together."
        )
    if (functional, basis) != (kept.functional, kept.orbital_basis):
        choose_level(functional, basis)
        st.rerun()
    return kept
