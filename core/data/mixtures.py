"""What a stream of fragments prefers: the usual mixture, or one that fills a gap of the training set.

`bases`: nucleobases, most in pairs and most of these stacked. `charged`: fragments that a charged piece leads, and
`heavy` those that a piece with phosphorus or sulfur leads, but for capped residues, which cost ten times as much.
`ends`: led by what preparation leaves where it closes a chain with hydrogen. `residues`: led by a capped residue, the
piece that a chain repeats and that its cost keeps rare elsewhere; `acids`: by one that is an anion, or an end of a
chain that is, most with partners. All else (partners of what is no pair of bases, waters, temperatures) is the same
for all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.data.catalogue import CUT_END, Piece
from core.errors import UsageError

HEAVY = frozenset({"P", "S"})


@dataclass(frozen=True)
class Mixture:
    """name: part of every identity. leads: whether a piece may lead. alone, large: by kind of the leading piece, in
    place of the usual shares of those that stay alone and of those that grow large (core.data.compose). stacked: share
    of stacks among contacts of two rings. key: of the random numbers, so that mixtures of one seed differ."""

    name: str
    leads: Callable[[Piece], bool]
    alone: dict[str, float] = field(default_factory=dict)
    large: dict[str, float] = field(default_factory=dict)
    stacked: float = 0.5
    key: tuple[int, ...] = ()


def _usual(piece: Piece) -> bool:
    return piece.kind != CUT_END


def _base(piece: Piece) -> bool:
    return piece.kind == "nucleobase"


def _capped_residue(piece: Piece) -> bool:
    return piece.kind == "capped residue"


def _acid(piece: Piece) -> bool:
    return piece.kind in ("capped residue", "terminus") and piece.charge < 0


def _charged(piece: Piece) -> bool:
    return piece.charge != 0 and not _capped_residue(piece)


def _cut_end(piece: Piece) -> bool:
    return piece.kind == CUT_END


def _heavy(piece: Piece) -> bool:
    return bool(HEAVY & {atom.GetSymbol() for atom in piece.graph.GetAtoms()}) and not _capped_residue(piece)


DEFAULT = Mixture("default", _usual)
MIXTURES = {
    mixture.name: mixture
    for mixture in (
        DEFAULT,
        Mixture("bases", _base, alone={"nucleobase": 0.25}, large={"nucleobase": 1.0}, stacked=0.75, key=(1,)),
        Mixture("charged", _charged, key=(2,)),
        Mixture("heavy", _heavy, key=(3,)),
        Mixture("residues", _capped_residue, alone={"capped residue": 0.8}, key=(5,)),
        Mixture("acids", _acid, alone={"capped residue": 0.3, "terminus": 0.0}, key=(6,)),
        Mixture("ends", _cut_end, alone={CUT_END: 0.5}, key=(4,)),
    )
}


def mixture_named(name: str) -> Mixture:
    """Raises UsageError for a name that is none."""
    if name not in MIXTURES:
        raise UsageError(f"There is no mixture {name!r}.", f"Choose {', '.join(MIXTURES)}.")
    return MIXTURES[name]
