"""What is said of the free ions of a structure."""

import streamlit as st

from core.chem.elements import symbol
from core.chem.prepare.ions import FreeIon
from core.chem.subject import Subject
from core.chem.validate import signed
from core.density.free_ions import has_free_density
from core.view.picture import Ions, Picture

_MOST = 6


def ions_of(subject: Subject) -> Ions:
    """Those of `subject`, to be drawn where its options say so."""
    return Ions(subject.free_ions, subject.options.ions == "add")


def show_ions(picture: Picture) -> None:
    """Which ions are in the picture, and what they have no part in."""
    if picture.added:
        st.caption(
            f"**Not learned:** {_named(picture.added)}, with the density each has alone. They are in the surface, the "
            "potential and the files of the density; the forces and the facts above are those of the rest without them."
        )
    left = tuple(ion for ion in picture.ions if ion not in picture.added)
    unknown = tuple(ion for ion in left if not has_free_density(ion))
    if waiting := tuple(ion for ion in left if has_free_density(ion)):
        st.caption(f"Not in the picture: {_named(waiting)}. Preparation can add the density each has alone.")
    if unknown:
        st.caption(f"Not in the picture: {_named(unknown)}, whose density is not known here.")


def _named(ions: tuple[FreeIon, ...]) -> str:
    names = [f"{symbol(ion.atomic_number)} {signed(ion.charge)}" for ion in ions]
    kinds = [f"{names.count(name)} × {name}" for name in dict.fromkeys(names)]
    return ", ".join(kinds[:_MOST]) + (f" and {len(kinds) - _MOST} other kinds" if len(kinds) > _MOST else "")
