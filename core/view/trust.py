"""How far a prediction may be trusted: the model's name, and sentences where the structure is not of its kind."""

import streamlit as st

from core.view.picture import Picture
from core.view.words import escaped


def show_model(picture: Picture) -> None:
    """Which model made this density and whether the structure lies in its domain; or that there is no model."""
    name = picture.predicted.model_name
    if name is None:
        st.warning(
            "**There is no model, so this is not a prediction.** It is the sum of free atoms, and its forces are "
            f"those of free atoms put side by side. {escaped(picture.predicted.problem)}",
            icon=":material/warning:",
        )
    elif picture.outside_domain:
        sentences = "\n".join(f"* {escaped(sentence)}" for sentence in picture.outside_domain)
        st.warning(
            f"**Outside the domain of the model {escaped(name)}: do not rely on these numbers.**\n\n{sentences}",
            icon=":material/warning:",
        )
    else:
        fewest, most = picture.predicted.trained_atoms
        st.caption(
            f"Model **{escaped(name)}**, trained on structures of {fewest} to {most} atoms. "
            + (
                "This one is larger; its bonds and contacts are of kinds that it has met."
                if len(picture.molecule) > most
                else "This structure is of the kind it was trained on."
            )
        )
    if name is not None and (accuracy := picture.predicted.measured_accuracy):
        st.caption(escaped(accuracy))
