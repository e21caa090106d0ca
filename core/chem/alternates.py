"""Alternate locations: one conformer of each residue, that of the highest occupancy, the first among equals."""

from collections.abc import Iterator

import gemmi


def chosen_alternates(chain: gemmi.Chain) -> dict[str, str]:
    """Label of the chosen alternate for each sequence number that has any; residues that share one choose together."""
    occupancy: dict[str, dict[str, float]] = {}
    for residue in chain:
        for atom in residue:
            if atom.has_altloc():
                labels = occupancy.setdefault(str(residue.seqid), {})
                labels[atom.altloc] = labels.get(atom.altloc, 0.0) + atom.occ
    return {number: max(labels, key=labels.__getitem__) for number, labels in occupancy.items()}


def without_alternates(chain: gemmi.Chain) -> Iterator[tuple[gemmi.Residue, list[gemmi.Atom]]]:
    """Residues with their atoms of the chosen alternate.

    gemmi's own removal of alternates also drops atoms that merely share a name, as converters write them.
    """
    chosen = chosen_alternates(chain)
    for residue in chain:
        label = chosen.get(str(residue.seqid))
        yield residue, [atom for atom in residue if not atom.has_altloc() or atom.altloc == label]
