"""What the model does not know can be left out; what it knows, and what is the structure itself, is not offered."""

from dataclasses import replace
from functools import cache

from core.chem.subject import Source, Subject, from_source
from core.view.leave_out import ligands_to_leave_out
from core.view.picture import Picture, picture_of
from tests.molecules import atoms_of, capped, sulfate


@cache
def with_sulfate() -> tuple[Subject, Picture]:
    text = "".join(atoms_of(capped("S"))) + sulfate() + "END\n"
    subject = from_source(Source(text.encode(), "sulfate.pdb"))
    return subject, picture_of(subject.molecule)


def test_a_sulfate_beside_a_residue_can_be_left_out() -> None:
    subject, picture = with_sulfate()
    assert ligands_to_leave_out(subject, picture) == ("SO4",)


def test_what_cannot_be_left_out_is_not_offered() -> None:
    subject, picture = with_sulfate()
    assert ligands_to_leave_out(replace(subject, options=replace(subject.options, drop=("SO4",))), picture) == ()
    assert ligands_to_leave_out(replace(subject, source=None), picture) == ()
    alone = from_source(Source((sulfate() + "END\n").encode(), "alone.pdb"))
    assert ligands_to_leave_out(alone, picture_of(alone.molecule)) == ()
    known = from_source(Source(("".join(atoms_of(capped("S"))) + "END\n").encode(), "serine.pdb"))
    assert ligands_to_leave_out(known, picture_of(known.molecule)) == ()
