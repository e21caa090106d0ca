"""Alternate locations: one conformer of each residue, that of the highest occupancy, the first among equals.

The occupancy of a conformer is the mean over its atoms: where two kinds of residue share a place, say serine and
tryptophan, their numbers of atoms are not to decide.
"""

from collections.abc import Iterator

import gemmi


def chosen_alternates(chain: gemmi.Chain) -> dict[str, str]:
    """Label of the chosen alternate for each sequence number that has any; residues that share one choose together."""
    found: dict[str, dict[str, list[float]]] = {}
    for residue in chain:
        for atom in residue:
            if atom.has_altloc():
                found.setdefault(str(residue.seqid), {}).setdefault(atom.altloc, []).append(atom.occ)
    return {number: _highest(labels) for number, labels in found.items()}


def _highest(labels: dict[str, list[float]]) -> str:
    """The label of the highest mean occupancy. Rounded, as files are, so that equals are equal."""
    return max(labels, key=lambda label: round(sum(labels[label]) / len(labels[label]), 3))


def without_alternates(chain: gemmi.Chain) -> Iterator[tuple[gemmi.Residue, list[gemmi.Atom]]]:
    """Residues with their atoms of the chosen alternate.

    gemmi's own removal of alternates also drops atoms that merely share a name, as converters write them. An atom
    without a label gives way to one of its name that has the chosen label.
    """
    chosen = chosen_alternates(chain)
    for residue in chain:
        label = chosen.get(str(residue.seqid))
        labelled = {atom.name for atom in residue if atom.has_altloc() and atom.altloc == label}
        yield (
            residue,
            [
                atom
                for atom in residue
                if (atom.name not in labelled if not atom.has_altloc() else atom.altloc == label)
            ],
        )
