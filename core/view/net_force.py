"""The net force on the screen: what it was, that it was taken off, and what that means for groups of atoms."""

import numpy as np
import streamlit as st

from core.chem.topology import Topology
from core.model.net_force import NetForce, net_force
from core.view.picture import Picture
from core.view.trust import trust_of
from core.view.words import about, significant, unbroken


def net_force_of(picture: Picture) -> NetForce | None:
    """Of the prediction of `picture`; None where it is of free atoms."""
    trust, prediction = trust_of(picture), picture.predicted.prediction
    return None if trust is None or prediction is None else net_force(prediction, trust)


def show_net_force(picture: Picture, topology: Topology | None = None) -> None:
    """A sentence; a warning where the net force is more than chance. topology: of which a residue is the example."""
    net = net_force_of(picture)
    if net is None:
        return
    words = net_force_words(net, topology)
    if net.errors_share_a_direction:
        st.warning(words, icon=":material/warning:")
    else:
        st.caption(words, help=_MEANING)


_MEANING = (
    "Errors that are independent of each other add up in squares; what they do not leave of the net force is put down "
    "to one field on all nuclei. On molecules that the model had not seen, parts of them were off by what this says."
)


def net_force_words(net: NetForce, topology: Topology | None = None) -> str:
    """What the net force is and means, meV/angstrom, as Markdown."""
    words = net.told(f"**{unbroken(f'{significant(net.size)} meV/Å')}**", about(net.expected))
    if not np.isfinite(net.expected):
        return words
    if topology is None or len(topology.residues) < 2:
        return f"{words} The force on a group of its atoms carries the errors of all of them."
    middle = float(np.median([net.uncertainty(atoms) for atoms in topology.atoms_of_residue]))
    return (
        f"{words} The force on a group (a residue, a ligand, a chain) carries the errors of all its atoms: here about "
        f"**{unbroken(f'±{about(middle)} meV/Å')}** for a residue."
    )
