"""Where a model may be used: what its training set held, and what in a structure lies outside of it.

Bonds are pairs closer than BOND_FACTOR times the sum of covalent radii (RDKit's).
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from rdkit.Chem import GetPeriodicTable

from core.chem.molecule import Molecule
from core.model.graph import neighbours

BOND_FACTOR = 1.3
# A distance this far outside the range met in training, relative, is called outside.
MARGIN = 0.03
CONTACT_ANGSTROM = 4.0
MOST_WARNINGS = 5


def _pairs(molecule: Molecule) -> Iterable[tuple[int, int, float, bool]]:
    """(i, j, distance in angstrom, bonded) of every ordered pair within CONTACT_ANGSTROM."""
    positions = molecule.positions_angstrom
    radius = {z: GetPeriodicTable().GetRcovalent(int(z)) for z in set(molecule.atomic_numbers.tolist())}
    numbers = molecule.atomic_numbers.tolist()
    first, second = neighbours(positions, CONTACT_ANGSTROM)
    distances = np.linalg.norm(positions[first] - positions[second], axis=1)
    for i, j, d in zip(first.tolist(), second.tolist(), distances.tolist(), strict=True):
        yield i, j, d, d < BOND_FACTOR * (radius[numbers[i]] + radius[numbers[j]])


def _environments(molecule: Molecule) -> tuple[list[str], dict[str, list[float]], dict[str, list[float]]]:
    """Per atom its bonds as text ("O: H2"); bonded and non-bonded distances by pair of elements ("H-O")."""
    symbols = molecule.symbols
    bonds: list[Counter] = [Counter() for _ in symbols]
    bonded: dict[str, list[float]] = {}
    contacts: dict[str, list[float]] = {}
    for i, j, distance, is_bond in _pairs(molecule):
        key = "-".join(sorted((symbols[i], symbols[j])))
        (bonded if is_bond else contacts).setdefault(key, []).append(distance)
        if is_bond:
            bonds[i][symbols[j]] += 1
    texts = [
        f"{own}: {' '.join(f'{s}{n}' for s, n in sorted(count.items())) or 'nothing'}"
        for own, count in zip(symbols, bonds, strict=True)
    ]
    return texts, bonded, contacts


def describe_domain(molecules: Iterable[Molecule]) -> dict:
    """The domain of a training set, as JSON: elements, charges, sizes, environments and ranges of distances."""
    elements: set[str] = set()
    charges: set[int] = set()
    sizes: list[int] = []
    environments: set[str] = set()
    bonded: dict[str, list[float]] = {}
    contacts: dict[str, list[float]] = {}
    for molecule in molecules:
        elements |= set(molecule.symbols)
        charges.add(molecule.charge)
        sizes.append(len(molecule))
        texts, bonds, others = _environments(molecule)
        environments |= set(texts)
        for target, source in ((bonded, bonds), (contacts, others)):
            for key, distances in source.items():
                target.setdefault(key, []).extend((min(distances), max(distances)))
    return {
        "elements": sorted(elements),
        "charges": sorted(charges),
        "atoms": [min(sizes), max(sizes)],
        "environments": sorted(environments),
        "bonded_angstrom": {k: [round(min(v), 3), round(max(v), 3)] for k, v in sorted(bonded.items())},
        "closest_contact_angstrom": {k: round(min(v), 3) for k, v in sorted(contacts.items())},
    }


def domain_warnings(molecule: Molecule, domain: dict) -> list[str]:
    """Sentences on what in `molecule` the training set did not hold, at most MOST_WARNINGS; empty where all is inside.

    A structure larger than those trained on is not outside: that is what the model is for, and its card says how the
    error grows.
    """
    if not domain:
        return ["The model does not say what it was trained on: do not trust its numbers."]
    found = []
    if molecule.charge not in domain["charges"]:
        trained = ", ".join(f"{charge:+d}" if charge else "0" for charge in domain["charges"])
        found.append(f"The charge {molecule.charge:+d} is outside the training set, which held {trained}.")
    texts, bonded, contacts = _environments(molecule)
    known = set(domain["environments"])
    for atom, text in enumerate(texts):
        if text not in known:
            own, partners = text.split(": ")
            found.append(f"Atom {atom + 1} ({own}) is bonded to {partners}, which the training set did not hold.")
    for key, distances in bonded.items():
        low, high = domain["bonded_angstrom"].get(key, (0.0, np.inf))
        for distance in (min(distances), max(distances)):
            if not low * (1 - MARGIN) <= distance <= high * (1 + MARGIN):
                found.append(f"A bond {key} of {distance:.2f} A is outside the trained range {low:.2f}-{high:.2f} A.")
                break
    for key, distances in contacts.items():
        closest = domain["closest_contact_angstrom"].get(key, 0.0)
        if min(distances) < closest * (1 - MARGIN):
            found.append(f"A contact {key} of {min(distances):.2f} A is closer than any trained ({closest:.2f} A).")
    if len(found) > MOST_WARNINGS:
        found = [*found[:MOST_WARNINGS], f"And {len(found) - MOST_WARNINGS} more."]
    return found
