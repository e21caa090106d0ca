"""A visitor's link: the structure that the address names is read, and what is shown gets its address.

The viewer writes the address (assets/viewer/linkbar.js), here it is only said what stands in it: then nothing of it is
sent while a picture is turned. Streamlit's copy of the query is read at the first run of a visit, and when a visitor
has gone back to an earlier address: at other runs it is old.
"""

from typing import Any

import streamlit as st

from core.chem.examples import ENTRIES, example_subject
from core.chem.subject import DEFAULT_OPTIONS, Progress, Subject
from core.jobs.reading import read_identifier, read_smiles
from core.reference.level import DEFAULT_LEVEL, Level
from core.view import structure
from core.view.address import MODEL_DIGITS, RETURNED, Address, Link, link_of
from core.view.kept_files import kept_files
from core.view.picture import Picture
from core.view.theory import choose_level
from core.view.words import escaped

_LINK, _FILE, _RETURNED = "link", "link_file", "link_returned"
KEPT_HERE = (
    "The newest files are kept on this server, so that a link can name them; whoever has the link can open the file."
)
_ON_THIS_SERVER = "It works on this server only, as long as the file is kept here."
_FAILED = "It is the link that was opened. Its structure could not be shown."
_NOT_KEPT = "There is no link to this structure: files are not kept on this server. Send the file itself."


def follow() -> Address | None:
    """At the first run of a visit, and when a visitor comes back to an address: have the structure read that it names,
    and choose what else it says.

    Returns what names the structure, at that run only.
    """
    returned = st.query_params.get(RETURNED)
    if _LINK in st.session_state and returned in (None, st.session_state.get(_RETURNED)):
        return None
    st.session_state[_RETURNED] = returned
    link = link_of(st.query_params)
    if _LINK in st.session_state and link.address in (None, shown_address()) and not structure.pending():
        return None
    st.session_state[_LINK] = link
    if link.address is None:
        return None
    ask_for(link.address)
    if link.functional or link.basis:
        choose_level(link.functional or DEFAULT_LEVEL.functional, link.basis or DEFAULT_LEVEL.orbital_basis)
    return link.address


def ask_for(address: Address) -> None:
    """Have the structure read that `address` names."""
    structure.ask_for(lambda progress: subject_of(address, progress), address)


def subject_of(address: Address, progress: Progress) -> Subject:
    """The structure that `address` names. Raises RhoscopeError."""
    if address.kind == "example":
        return example_subject(address.value)
    if address.kind == "id":
        return read_identifier(address.value, progress)
    if address.kind == "structure":
        return kept_files().get(address.value)
    return Subject(read_smiles(address.value, charge=address.charge))


def shown_address() -> Address | None:
    """What names the structure on the screen; a file of the visitor's own is kept for it. None: nothing does."""
    if address := structure.shown_address():
        return address
    subject = structure.shown()
    if subject.source is None:
        return Address("example", ENTRIES[0].key)
    if subject.source.identifier and subject.options == DEFAULT_OPTIONS:
        return Address("id", subject.source.identifier)
    known, name = st.session_state.get(_FILE, (None, None))
    if known is not subject:
        name = kept_files().put(subject)
        st.session_state[_FILE] = subject, name
    return Address("structure", name) if name else None


def link_data(picture: Picture, level: Level | None = None) -> dict[str, Any]:
    """For the viewer: `address`, name -> text, or None; `start`, how the link that was opened has it; `opened`, another
    text each time that one was; `note`, of what a person who copies the link should know. level: of the theory, on
    Compare."""
    opened: Link = st.session_state.get(_LINK, Link())
    if opened.address is not None and opened.address == structure.failed_address():
        return _kept_as_opened(opened)
    address = shown_address()
    if address is None:
        return no_link(_NOT_KEPT)
    told = address.parameters()
    if model := _model_digits(picture):
        told["model"] = model
    if level is not None and level != DEFAULT_LEVEL:
        told |= {"functional": level.functional, "basis": level.orbital_basis}
    start = dict(opened.start) if opened.address == address else {}
    note = _ON_THIS_SERVER if address.kind == "structure" else ""
    return no_link(note) | {"address": told, "start": start}


def no_link(note: str = "") -> dict[str, Any]:
    """As `link_data`, for what has no address."""
    return {"address": None, "start": {}, "opened": st.session_state.get(_RETURNED) or "", "note": note}


def _kept_as_opened(link: Link) -> dict[str, Any]:
    """A link whose structure could not be shown stays in the address bar, so that the page can be loaded again.

    The viewer writes the level of what it shows over it: that is made the level of the link.
    """
    named = link.address.parameters() if link.address else {}
    said = {"model": link.model, "functional": link.functional, "basis": link.basis}
    told = {**named, **{name: text for name, text in said.items() if text}, **link.start}
    return no_link(_FAILED) | {"address": told, "start": {k: v for k, v in link.start.items() if k == "level"}}


def show_words(picture: Picture) -> None:
    """What of the link that was opened could not be followed, as long as its structure is shown."""
    link: Link = st.session_state.get(_LINK, Link())
    if link.address != structure.shown_address():
        return
    if link.left_out:
        st.caption(f"Not understood in the address, and left out: {escaped(', '.join(link.left_out))}.")
    present = _model_digits(picture)
    if link.model and link.model != present:
        now = f"of the model {escaped(picture.predicted.model_name or '')} ({present})" if present else "of free atoms"
        st.info(
            f"This link was made with another model ({link.model}) than the one that is here. What you see is {now}: "
            "the density and the forces differ from what the sender saw.",
            icon=":material/info:",
        )


def _model_digits(picture: Picture) -> str:
    """First digits of the hash of the weights; empty without a model."""
    model = picture.predicted.model
    return model.weights_hash[:MODEL_DIGITS] if model else ""
