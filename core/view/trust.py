"""How far a prediction may be trusted: the model's name, expected errors, and sentences where the structure is not of
the model's kind. `trust_of` is for whoever shows it otherwise, such as `core.view.trust_colors`."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.chem.topology import Topology
from core.model.trust import Trust, assess
from core.view.kept import Kept
from core.view.picture import Picture
from core.view.words import escaped, significant, unbroken

KEPT_TRUSTS = 24

_trusts: Kept[Trust] = Kept(KEPT_TRUSTS)


def trust_of(picture: Picture) -> Trust | None:
    """Trust in the prediction of `picture`, made once for each; None where it is of free atoms."""
    model, prediction = picture.predicted.model, picture.predicted.prediction
    if model is None or prediction is None:
        return None
    key = (picture.molecule.content_hash, model.name, *(ion.identity for ion in picture.ions))
    return _trusts.make(key, lambda: assess(prediction, model, picture.ions))


def show_model(picture: Picture, topology: Topology | None = None, mend: Callable[[], None] = lambda: None) -> None:
    """Which model made this density and how far it may be trusted; or that there is no model. topology: by which the
    atoms are called. mend: shows, beneath a warning, what can be done about it."""
    name, trust = picture.predicted.model_name, trust_of(picture)
    if name is None or trust is None:
        st.warning(
            "**There is no model, so this is not a prediction.** It is the sum of free atoms, and its forces are "
            f"those of free atoms put side by side. {escaped(picture.predicted.problem)}",
            icon=":material/warning:",
        )
        return
    trust = replace(trust, names=topology.atom_labels if topology else ())
    if not trust.trusted:
        reasons = "\n".join(f"* {escaped(reason)}" for reason in trust.reasons())
        st.warning(
            f"**Outside the domain of the model {escaped(name)}.** {escaped(trust.verdict)}\n\n{reasons}",
            icon=":material/warning:",
        )
        mend()
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
    st.caption(_expectation(trust), help=_MEANING if not trust.problem else None)
    if accuracy := picture.predicted.measured_accuracy:
        st.caption(escaped(accuracy))


_MEANING = (
    "From how far the surroundings of each atom are from those of the training set, in what the network knows of "
    "them. The length of the error. Calibrated on structures it had not seen: half of such atoms are better than this, "
    "half are worse."
)


def _expectation(trust: Trust) -> str:
    """What `Trust.expectation` says, for the screen."""
    summary = trust.summary
    if summary is None:
        return escaped(trust.problem or "There is no expected error for these elements.")
    guess = "" if trust.trusted else " Where the structure is outside the domain this is a guess."
    median, worst = (
        unbroken(f"{significant(value, 2)} meV/Å")
        for value in (summary.median_mev_per_angstrom, summary.worst_mev_per_angstrom)
    )
    return (
        f"Expected error of a force: **{median}** for the median atom, **{worst}** for the worst, "
        f"{escaped(summary.worst_atom)}.{guess}"
    )
