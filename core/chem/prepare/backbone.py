"""The backbone of proteins and nucleic acids: where it is missing, where it is broken, and which ends are termini.

Missing loops are never invented. An end beside one is closed with hydrogens where the next atom would be: H2N- (kept
neutral at any pH) and -CHO in proteins, HO- in nucleic acids. Hydrogens were chosen over ACE and NME because the two
caps of a gap of one residue would need the same place.
"""

from core.chem.prepare.draft import Draft, DraftResidue, backbone_bond
from core.chem.prepare.links import bound_elsewhere
from core.chem.prepare.naming import CAPS
from core.chem.prepare.report import Log
from core.errors import StructureError

_NEEDED = {"protein": ("N", "CA", "C"), "nucleic": ("C5'", "C4'", "C3'", "O3'", "C1'")}


def require_backbone(draft: Draft, log: Log) -> None:
    """Leave out residues whose backbone is incomplete.

    Raises StructureError for a model that is mostly a trace, CA or P atoms only.
    """
    polymer = [r for r in draft.residues if r.kind in _NEEDED and r.name not in CAPS]
    broken = [r for r in polymer if not r.names >= set(_NEEDED[r.kind])]
    bare = [r for r in broken if len(r.heavy) == 1]
    if len(bare) * 2 > len(polymer):
        trace = bare[0].heavy[0].name
        raise StructureError(
            f"This model has only one atom ({trace}) in {len(bare)} of its {len(polymer)} residues.",
            "A trace cannot be completed without inventing it: give an all-atom model, for instance one rebuilt "
            "with PULCHRA or MODELLER, or another entry of the same molecule.",
        )
    if polymer and len(broken) * 2 > len(polymer):
        raise StructureError(
            f"{len(broken)} of {len(polymer)} residues lack backbone atoms, beginning with {broken[0].label}.",
            "Give a model with a whole backbone (N, CA, C, or the sugar of each nucleotide).",
        )
    for residue in broken:
        missing = [name for name in _NEEDED[residue.kind] if name not in residue.names]
        log.add(
            "backbone",
            f"{residue.label} left out: backbone atom{'s' * (len(missing) > 1)} {', '.join(missing)} missing.",
            residue.label,
            tuple(missing),
        )
    draft.residues = [residue for residue in draft.residues if residue not in broken]


def drop_bare_phosphates(draft: Draft, log: Log) -> None:
    """A 5' phosphate whose fourth oxygen was not seen is left out, so that the chain begins with 5'-OH."""
    joined = {second for first, second in draft.neighbours() if _joined(draft, first, second)}
    for index, residue in enumerate(draft.residues):
        if residue.kind != "nucleic" or index in joined or "P" not in residue.names or "OP3" in residue.names:
            continue
        gone = ("P", "OP1", "OP2")
        residue.atoms = [atom for atom in residue.atoms if atom.name not in gone]
        log.add(
            "backbone",
            f"{residue.label}: phosphate without its bond to the residue before left out; O5' is closed with hydrogen.",
            residue.label,
            gone,
        )


def find_ends(draft: Draft, caps: bool, log: Log) -> None:
    """Mark each end of the backbone as a terminus, or as closed because the chain goes on unseen."""
    bound = bound_elsewhere(draft)
    followed = {index for index, name in bound if name in ("C", "O3'")}
    preceded = {index for index, name in bound if name in ("N", "P")}
    for first, second in draft.neighbours():
        if _joined(draft, first, second):
            followed.add(first)
            preceded.add(second)
    order: dict[tuple[str, str], list[int]] = {}
    for index, residue in enumerate(draft.residues):
        if residue.kind in _NEEDED:
            order.setdefault((residue.chain, residue.kind), []).append(index)
    for chain in order.values():
        for place, index in enumerate(chain):
            residue = draft.residues[index]
            if residue.name in CAPS:
                continue
            if index not in preceded:
                before = draft.residues[chain[place - 1]] if place else None
                _end(residue, before, "before", caps, log)
            if index not in followed:
                after = draft.residues[chain[place + 1]] if place + 1 < len(chain) else None
                _end(residue, after, "after", caps, log)


def _joined(draft: Draft, first: int, second: int) -> bool:
    return backbone_bond(draft.residues[first], draft.residues[second]) is not None


def _end(residue: DraftResidue, other: DraftResidue | None, side: str, caps: bool, log: Log) -> None:
    missing = _missing(residue, other, side)
    unseen = other is not None and (missing is None or missing > 0) or other is None and bool(missing)
    near = other is not None and not unseen
    if other is None and unseen and side == "after" and residue.kind == "protein" and "OXT" in residue.names:
        log.add(
            "termini",
            f"{residue.label} is the C terminus: it has a last oxygen, though {_count(missing)} missing after it.",
            residue.label,
        )
        return
    if not (unseen or near) or _new_chain(residue, other, side):
        log.add("termini", f"{residue.label} is the {_terminus(residue, side)} terminus.", residue.label)
        return
    reason = f"{_count(missing)} missing {side} it" if unseen and missing else f"the chain is broken {side} it"
    if not caps:
        log.add("caps", f"{residue.label}: {reason}; treated as an ordinary terminus.", residue.label)
        return
    if side == "before":
        residue.closed_before = True
    else:
        residue.closed_after = True
    group = {"before": "neutral H2N-", "after": "-CHO"}[side] if residue.kind == "protein" else "HO-"
    log.add("caps", f"{residue.label}: {reason}; closed with hydrogen ({group}), nothing invented.", residue.label)


def _count(missing: int | None) -> str:
    return f"{missing} residue{'s are' if missing != 1 else ' is'}"


def _new_chain(residue: DraftResidue, other: DraftResidue | None, side: str) -> bool:
    """Whether another chain of the same name begins here: after a last oxygen, or where the numbers go back."""
    if other is None:
        return False
    first, second = (residue, other) if side == "after" else (other, residue)
    if "OXT" in first.names and first.kind == "protein":
        return True
    return None in (first.sequence_index, second.sequence_index) and second.number < first.number


def _missing(residue: DraftResidue, other: DraftResidue | None, side: str) -> int | None:
    """How many residues the sequence has in between, None where that cannot be told."""
    index = residue.sequence_index
    if other is None:
        if index is None or residue.sequence_length is None:
            return None
        return index - 1 if side == "before" else residue.sequence_length - index
    one, two = (other, residue) if side == "before" else (residue, other)
    if one.sequence_index is not None and two.sequence_index is not None:
        return max(0, two.sequence_index - one.sequence_index - 1)
    return max(0, two.number - one.number - 1)


def _terminus(residue: DraftResidue, side: str) -> str:
    names = ("N", "C") if residue.kind == "protein" else ("5'", "3'")
    return names[0] if side == "before" else names[1]
