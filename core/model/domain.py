"""Where a model may be used: what its training set held, and what in a structure lies outside of it, atom by atom.

Angstrom, degrees. Judged by the surroundings of each atom, not by the size of the whole: that larger systems can be
predicted from small ones is what the model is for, and its card says how the error grows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_letters

import numpy as np
from numpy.typing import NDArray

from core.chem.molecule import Molecule
from core.chem.validate import signed
from core.model.surroundings import Surroundings, van_der_waals_radius

# A distance this far outside the range met in training, relative, is called outside; an angle by so many degrees.
MARGIN = 0.03
ANGLE_MARGIN_DEGREES = 8.0
# Atoms farther apart than this many sums of van der Waals radii are not close, whatever the training set held:
# of rare pairs it holds few contacts, and the closest of few is no limit.
CLOSE_FACTOR = 0.85
MOST_WARNINGS = 5
# Sentences name as many atoms, those of an angle, at most.
_ATOMS_TOLD = 3
# Between the bonds of O2, 1.21 angstrom, and of superoxide and peroxide, 1.33 and 1.49.
LONGEST_OXYGEN_ANGSTROM = 1.28


@dataclass(frozen=True)
class Flag:
    """One thing outside the domain.

    kind: `domain` (none is known), `charge`, `electrons`, `bonds`, `bond length`, `angle`, `ring`, `contact`, or `ion`
    and `unlike` (see `core.model.trust`). atoms: indices from 0, none where it is the structure as a whole. subject:
    what flags of one kind have in common, "H-O". by: how far outside, larger is worse, comparable within kind and
    subject.
    sentence: with {0}, {1} and {2} in the places of its first atoms.
    """

    kind: str
    atoms: tuple[int, ...]
    subject: str
    by: float
    sentence: str

    @property
    def text(self) -> str:
        """The sentence; it counts atoms from 1."""
        return self.told()

    def told(self, names: Sequence[str] = ()) -> str:
        """The sentence with the atoms called by `names`, one for each of the structure; without any, by number."""
        text = self.sentence
        for place, atom in enumerate(self.atoms[:_ATOMS_TOLD]):
            text = text.replace(f"{{{place}}}", names[atom] if names else str(atom + 1))
        return text


def _widen(ranges: dict[str, list[float]], names: list[str], values: NDArray[np.float64]) -> None:
    for name, value in zip(names, values.tolist(), strict=True):
        low, high = ranges.get(name, (value, value))
        ranges[name] = [min(low, value), max(high, value)]


def describe_domain(molecules: Iterable[Molecule]) -> dict:
    """The domain of a training set, as JSON: elements, charges, sizes, environments, ranges of distances and angles,
    which rings of three and four atoms there were."""
    elements: set[str] = set()
    charges: set[int] = set()
    sizes: list[int] = []
    charge_per_atom: list[float] = []
    environments: set[str] = set()
    bonded: dict[str, list[float]] = {}
    angles: dict[str, list[float]] = {}
    contacts: dict[str, list[float]] = {}
    strangers: dict[str, list[float]] = {}
    rings: set[int] = set()
    for molecule in molecules:
        found = Surroundings.of(molecule)
        elements |= set(molecule.symbols)
        charges.add(molecule.charge)
        sizes.append(len(molecule))
        charge_per_atom.append(molecule.charge / len(molecule))
        environments |= set(found.environments)
        _widen(bonded, found.pair_names(found.bonds), found.bond_lengths)
        _widen(angles, found.angle_names(), found.degrees)
        rings |= set(map(len, found.small_rings))
        _widen(contacts, found.pair_names(found.contacts), found.contact_distances)
        free = found.through_space
        _widen(strangers, found.pair_names(found.contacts[free]), found.contact_distances[free])
    return {
        "elements": sorted(elements),
        "charges": sorted(charges),
        "charge_per_atom": [round(min(charge_per_atom), 4), round(max(charge_per_atom), 4)],
        "atoms": [min(sizes), max(sizes)],
        "environments": sorted(environments),
        "bonded_angstrom": {k: [round(x, 3) for x in v] for k, v in sorted(bonded.items())},
        "angles_degrees": {k: [round(x, 1) for x in v] for k, v in sorted(angles.items())},
        "small_rings": sorted(rings),
        "closest_contact_angstrom": {k: round(v[0], 3) for k, v in sorted(contacts.items())},
        "closest_through_space_angstrom": {k: round(v[0], 3) for k, v in sorted(strangers.items())},
    }


def joined_domain(first: dict, second: dict) -> dict:
    """The domain of both training sets together, each as of `describe_domain`."""
    joined: dict = {
        name: sorted(set(first[name]) | set(second[name])) for name in ("elements", "charges", "environments")
    }
    for name in ("charge_per_atom", "atoms"):
        joined[name] = [min(first[name][0], second[name][0]), max(first[name][1], second[name][1])]
    for name in ("bonded_angstrom", "angles_degrees"):
        ranges = {key: list(ends) for key, ends in first[name].items()}
        for ends in zip(*second[name].values(), strict=True):
            _widen(ranges, list(second[name]), np.array(ends))
        joined[name] = dict(sorted(ranges.items()))
    if "small_rings" in first and "small_rings" in second:
        joined["small_rings"] = sorted({*first["small_rings"], *second["small_rings"]})
    for name in ("closest_contact_angstrom", "closest_through_space_angstrom"):
        pairs = sorted({*first[name], *second[name]})
        joined[name] = {
            pair: min(domain[name][pair] for domain in (first, second) if pair in domain[name]) for pair in pairs
        }
    return joined


def domain_flags(molecule: Molecule, domain: dict) -> tuple[Flag, ...]:
    """What in `molecule` the training set did not hold; empty where all is inside.

    domain: as of `describe_domain`; one written before angles and contacts through space were kept judges without them.
    """
    if not domain:
        text = "The model does not say what it was trained on: do not trust its numbers."
        return (Flag("domain", (), "", 1.0, text),)
    found = Surroundings.of(molecule)
    return (
        *_charge_flags(molecule, domain),
        *_electron_flags(molecule, found),
        *_triplet_flags(found),
        *_bond_flags(found, domain),
        *_angle_flags(found, domain),
        *_ring_flags(found, domain),
        *_contact_flags(molecule, found, domain),
    )


def _charge_flags(molecule: Molecule, domain: dict) -> Iterator[Flag]:
    """A structure larger than any trained on may carry more charge, as long as it is of a known sign and no denser."""
    charge, trained = molecule.charge, domain["charges"]
    if charge in trained:
        return
    if len(molecule) > domain["atoms"][1] and (not charge or any(charge * other > 0 for other in trained)):
        low, high = domain.get("charge_per_atom", (-np.inf, np.inf))
        if low <= charge / len(molecule) <= high:
            return
    known = ", ".join(signed(other) for other in trained)
    text = f"The charge {signed(charge)} is outside the training set, which held {known}."
    yield Flag("charge", (), "", float(min(abs(charge - other) for other in trained)), text)


def _electron_flags(molecule: Molecule, found: Surroundings) -> Iterator[Flag]:
    """An odd number of electrons: a radical, or a wrong charge, in one of the pieces with an odd nuclear charge."""
    if molecule.electrons % 2 == 0:
        return
    nuclear = np.bincount(found.components, weights=molecule.atomic_numbers).astype(int)
    odd = np.flatnonzero(nuclear[found.components] % 2)
    text = f"It has an odd number of electrons ({molecule.electrons}): a radical, or a wrong charge."
    yield Flag("electrons", tuple(odd.tolist()), "", 1.0, text)


def _triplet_flags(found: Surroundings) -> Iterator[Flag]:
    """Molecular oxygen: its ground state has two unpaired electrons, and here all are paired."""
    sizes = np.bincount(found.components)
    for (i, j), length in zip(found.bonds.tolist(), found.bond_lengths.tolist(), strict=True):
        alone = sizes[found.components[i]] == 2
        if alone and found.symbols[i] == found.symbols[j] == "O" and length < LONGEST_OXYGEN_ANGSTROM:
            text = (
                "Atoms {0} and {1} are molecular oxygen, whose ground state is a triplet: what is predicted, "
                "a closed shell, is another state."
            )
            yield Flag("electrons", (i, j), "O2", 1.0, text)


def _told(partners: str) -> str:
    """ "C1 H3" as a person says it: 1 C and 3 H; without a word more it would be the names of atoms."""
    if not any(character.isdigit() for character in partners):
        return partners
    counted = [(part.rstrip("0123456789"), part.lstrip(ascii_letters)) for part in partners.split()]
    return " and ".join(f"{count} {symbol}" for symbol, count in counted) + " and no more"


def _bond_flags(found: Surroundings, domain: dict) -> Iterator[Flag]:
    known = set(domain["environments"])
    for atom, environment in enumerate(found.environments):
        if environment not in known:
            text = (
                f"Atom {{0}} ({found.symbols[atom]}) is bonded to {_told(found.partners[atom])}, "
                "which the training set did not hold."
            )
            yield Flag("bonds", (atom,), environment, 1.0, text)
    names = found.pair_names(found.bonds)
    for name, (i, j), length in zip(names, found.bonds.tolist(), found.bond_lengths.tolist(), strict=True):
        if name not in domain["bonded_angstrom"]:
            text = f"Atoms {{0}} and {{1}} are bonded, {name} of {length:.2f} Å; no such pair was in training."
            yield Flag("bond length", (i, j), name, np.inf, text)
            continue
        low, high = domain["bonded_angstrom"][name]
        if not low * (1 - MARGIN) <= length <= high * (1 + MARGIN):
            text = (
                f"The bond {name} of {length:.2f} Å between atoms {{0}} and {{1}} is outside the trained range "
                f"{low:.2f}-{high:.2f} Å."
            )
            yield Flag("bond length", (i, j), name, max(low - length, length - high), text)


def _angle_flags(found: Surroundings, domain: dict) -> Iterator[Flag]:
    ranges = domain.get("angles_degrees", {})
    angles = zip(found.angle_names(), found.angles.tolist(), found.degrees.tolist(), strict=True)
    for name, (i, centre, k), degrees in angles:
        # A new kind of angle is a new kind of environment, unless the ends never met at this centre.
        low, high = ranges.get(name, (0.0, 180.0))
        by = max(low - degrees, degrees - high)
        if by > ANGLE_MARGIN_DEGREES:
            text = (
                f"The angle {name} of {degrees:.0f} degrees at atom {{1}} is outside the trained range "
                f"{low:.0f}-{high:.0f}."
            )
            yield Flag("angle", (i, centre, k), name, by, text)


def _ring_flags(found: Surroundings, domain: dict) -> Iterator[Flag]:
    """Rings of three and four atoms where none was in training; a domain written before they were counted passes."""
    if "small_rings" not in domain:
        return
    for atoms in found.small_rings:
        if len(atoms) not in domain["small_rings"]:
            text = f"{{0}}, {{1}} and {{2}} are in a ring of {len(atoms)} atoms; none was in training."
            yield Flag("ring", atoms, str(len(atoms)), 5.0 - len(atoms), text)


def _contact_flags(molecule: Molecule, found: Surroundings, domain: dict) -> Iterator[Flag]:
    """Atoms that are not bonded and too close, or of elements that never met. Within three bonds, lengths and angles
    judge; an older domain has no angles, and judges all pairs alike."""
    through_space = domain.get("closest_through_space_angstrom")
    closest = domain["closest_contact_angstrom"] if through_space is None else through_space
    judged = found.through_space if through_space is not None else np.ones(len(found.contacts), dtype=bool)
    radii = [van_der_waals_radius(z) for z in molecule.atomic_numbers.tolist()]
    pairs = found.contacts[judged]
    distances = found.contact_distances[judged].tolist()
    for name, (i, j), distance in zip(found.pair_names(pairs), pairs.tolist(), distances, strict=True):
        touch = radii[i] + radii[j]
        if distance > touch:
            continue
        where = f"Atoms {{0}} and {{1}} ({name}) are {distance:.2f} Å apart"
        limit = closest.get(name)
        if limit is None:
            text = f"{where}; the training set held no such contact."
            yield Flag("contact", (i, j), name, touch - distance, text)
        elif distance < min(limit * (1 - MARGIN), CLOSE_FACTOR * touch):
            text = f"{where}, closer than any such contact in training ({limit:.2f} Å)."
            yield Flag("contact", (i, j), name, limit - distance, text)


def sentences(flags: Iterable[Flag], most: int = MOST_WARNINGS, names: Sequence[str] = ()) -> list[str]:
    """One sentence for each kind and subject, of its worst flag, and how many more there are; at most `most`. names: of
    the atoms, as of `Flag.told`."""
    groups: dict[tuple[str, str], list[Flag]] = {}
    for flag in flags:
        groups.setdefault((flag.kind, flag.subject), []).append(flag)
    texts = []
    for group in groups.values():
        worst = max(group, key=lambda flag: flag.by)
        texts.append(worst.told(names) + (f" And {len(group) - 1} more like this." if len(group) > 1 else ""))
    return texts if len(texts) <= most else [*texts[:most], f"And {len(texts) - most} other kinds."]


def domain_warnings(molecule: Molecule, domain: dict) -> list[str]:
    """Sentences on what in `molecule` the training set did not hold; empty where all is inside."""
    return sentences(domain_flags(molecule, domain))
