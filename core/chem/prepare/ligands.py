"""What each residue is: a component of the dictionary, a SMILES given by the person, or perceived from hydrogens.

A perceived or a given ligand keeps the charge it came with; dictionary ligands are protonated by rule at the pH. The
charge of every ligand is to be confirmed: no file says it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from rdkit.Chem import GetPeriodicTable

from core.chem.components import Component, standard_components
from core.chem.dictionary import dictionary_components
from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue, Link
from core.chem.prepare.file_hydrogens import Kept
from core.chem.prepare.left_metals import is_metal
from core.chem.prepare.links import STRETCH, find_links
from core.chem.prepare.options import Options
from core.chem.prepare.perception import (
    closing_hydrogens,
    from_smiles,
    lacking_hydrogens,
    of_other_names,
    perceived,
    require_all_hydrogens,
)
from core.chem.prepare.report import Log
from core.chem.prepare.tautomers import another_tautomer, hydrogens_borne
from core.chem.validate import signed
from core.errors import PreparationError

# A bond of so many sums of covalent radii is none: 2.4 angstrom between carbons.
_TORN = 1.6
_HEME_B, _HEME_C = "HEM", "HEC"
# Hydroxide, ammonium, ammonia, cyanide, thiocyanate, nitrite, carbonate, hydrogencarbonate, peroxide.
_STATED = {"OH", "HYD", "NH4", "NH3", "CYN", "SCN", "NO2", "CO3", "BCT", "PER"}
_OPEN_SHELLS = {"NO": "nitric oxide, a radical"}
_TRIPLETS = {"OXY", "O2"}
_VINYLS = ({"CAB", "CBB"}, {"CAC", "CBC"})


def components_of(draft: Draft, options: Options, kept: Kept, log: Log) -> dict[str, Component]:
    """Component by name, as `DraftResidue.component` has it. Raises PreparationError for a residue that nothing
    describes.

    kept: whose hydrogens of the file stay; those of a ligand may make it another tautomer than the dictionary's.
    """
    given = dict(options.ligands)
    found: dict[str, Component] = {}
    standard = standard_components()
    others = {
        residue.name: None for residue in draft.residues if residue.name not in standard and residue.name not in given
    }
    library = standard | (_from_dictionary(others) if others else {})
    lacking = lacking_hydrogens(draft) if others else {}
    links = cache(lambda: find_links(draft, False, Log()))
    # Of names that only this file explains: the residues that were looked at, one for each molecule of that name.
    seen: dict[str, list[DraftResidue]] = {}
    for residue in draft.residues:
        name = residue.name
        if name in found and name not in seen:
            continue
        alike = next((one for one in seen.get(name, ()) if _same(one, found[one.component], residue, lacking)), None)
        if alike is not None:
            residue.described_as = alike.described_as
            continue
        known = library.get(name)
        if name not in given and name not in seen and known and describes(known, _all_of(draft, name)):
            _note_open_shell(residue, log)
            found[name] = known
            whole = kept != "none" and residue.kind == "ligand" and id(residue) not in lacking
            if whole and another_tautomer(known, _all_of(draft, name)):
                found[name] = _as_tautomer(known, residue, closing_hydrogens(draft, links(), residue), log)
            _note_incomplete(known, draft, links, log)
            continue
        own = residue.label if name in found else ""
        if name in given:
            component = from_smiles(residue, given[name])
            how = f"{own or name} is what its SMILES says: {given[name][:80]}."
        else:
            _require_no_stranger(name, _all_of(draft, name))
            component, how = _explained(draft, residue, known, lacking.get(id(residue), ()), links)
        found[own or name] = component
        log.add("ligands", how, residue.label, confirm=True)
        residue.described_as = own
        seen.setdefault(name, []).append(residue)
    return found


def _note_open_shell(residue: DraftResidue, log: Log) -> None:
    """Tell of dioxygen, which is computed with a closed shell. Raises PreparationError for other open shells."""
    if residue.name in _OPEN_SHELLS:
        raise PreparationError(
            f"{residue.label} is {_OPEN_SHELLS[residue.name]}: only closed shells can be computed.",
            "Leave it out.",
            (residue.name,),
        )
    if residue.name in _TRIPLETS:
        log.add(
            "ligands",
            f"{residue.label} is dioxygen, by itself a triplet: it is computed with a closed shell.",
            residue.label,
            confirm=True,
        )


def _explained(
    draft: Draft,
    residue: DraftResidue,
    known: Component | None,
    bare: Sequence[str],
    links: Callable[[], list[Link]],
) -> tuple[Component, str]:
    """What describes a residue that the dictionary does not, or not under these names, and how that was found.

    known: the dictionary's of its name. bare: its atoms that lack hydrogens. Raises PreparationError where nothing
    does.
    """
    name = residue.name
    if any(atom.is_hydrogen for atom in residue.atoms):
        require_all_hydrogens(residue, bare)
        component = perceived(residue, closing_hydrogens(draft, links(), residue))
        charge = signed(sum(component.charges.values()))
        return component, f"{residue.label}: bonds and charge {charge} perceived from its hydrogens."
    renamed = of_other_names(residue, known) if known and name not in standard_components() else None
    if renamed:
        return renamed, (
            f"{residue.label}: taken for the {name} of the dictionary, whose atoms have other names but the same bonds."
        )
    extra = "" if known is None else f" (the {name} of the dictionary has other atoms or bonds)"
    raise PreparationError(
        f"Residue {residue.label} is not known{extra}, and without hydrogens its bonds cannot be told.",
        "Give its SMILES, leave it out, or give a file with its hydrogens.",
        (name,),
        (name,),
    )


def _same(one: DraftResidue, known: Component, other: DraftResidue, lacking: Mapping[int, object]) -> bool:
    """Whether what describes one residue describes another of its name. Residues that lack hydrogens say nothing of
    theirs."""
    telling = any(atom.is_hydrogen for atom in other.atoms) and not {id(one), id(other)} & lacking.keys()
    return describes(known, [other]) and (not telling or hydrogens_borne(one) == hydrogens_borne(other))


def _as_tautomer(known: Component, residue: DraftResidue, closing: list[DraftAtom], log: Log) -> Component:
    """The bonds that the residue's hydrogens leave room for; those of the dictionary where none can be told."""
    try:
        found = perceived(residue, closing)
    except PreparationError:
        return known
    log.add(
        "ligands",
        f"{residue.label} has its hydrogens elsewhere than the dictionary has them: its bonds and charge "
        f"{signed(sum(found.charges.values()))} were perceived from them.",
        residue.label,
        confirm=True,
    )
    return found


def _from_dictionary(names: dict[str, None]) -> dict[str, Component]:
    """As the dictionary has them; small ions are in the state that their name says, whatever the pH.

    But heme c has double bonds there to the carbons that bind cysteines, and hydrogens on all four nitrogens: it is
    heme b whose vinyl groups are saturated.
    """
    found = dictionary_components(names | dict.fromkeys((_HEME_B,) if _HEME_C in names else ()))
    found |= {name: replace(found[name], fixed=True) for name in _STATED & found.keys()}
    if _HEME_C in names and _HEME_B in found:
        bonds = tuple((a, b, 1 if {a, b} in _VINYLS else order) for a, b, order in found[_HEME_B].bonds)
        found[_HEME_C] = replace(found[_HEME_B], name=_HEME_C, bonds=bonds)
    return found


def _require_no_stranger(name: str, residues: list[DraftResidue]) -> None:
    """Raises PreparationError where a standard residue has an atom that it cannot have."""
    known = standard_components().get(name)
    if known is None:
        return
    for residue in residues:
        for atom in residue.heavy:
            if known.elements.get(atom.name) != atom.element:
                raise PreparationError(
                    f"{residue.label} has an atom {atom.name[:10]} ({atom.element}) that no {name} has.",
                    "Rename or remove that atom, or give the residue another name.",
                )


def _note_incomplete(known: Component, draft: Draft, links: Callable[[], list[Link]], log: Log) -> None:
    """Atoms that a dictionary residue lacks are not invented: what they were bonded to is closed with hydrogen.

    Raises PreparationError where that cannot be.
    """
    if known.name in standard_components():
        return
    for residue in _all_of(draft, known.name):
        there = known.leaving | residue.names | {atom.name for atom in residue.left_out}
        absent = tuple(n for n, e in known.elements.items() if n not in there and e != "H")
        _require_own_state(known, draft, links, residue, absent)
        if absent:
            log.add(
                "missing_atoms",
                f"{residue.label}: {', '.join(absent)} not in the file; their bonds are closed with hydrogen.",
                residue.label,
                absent,
                confirm=True,
            )


def _require_own_state(
    known: Component, draft: Draft, links: Callable[[], list[Link]], residue: DraftResidue, absent: tuple[str, ...]
) -> None:
    """Raises PreparationError where oxygens of a phosphorus, or of a sulfur with more than two bonds, are absent: with
    hydrogen in their place a sulfate would become hydrogen sulfide. A bond to another residue may replace one.
    """
    for name in residue.names:
        element = known.elements.get(name)
        bonds = [(order, {first, second} - {name}) for first, second, order in known.bonds if name in (first, second)]
        if element == "P" or element == "S" and sum(order for order, _ in bonds) > 2:
            lost = sorted(other for _, ends in bonds for other in ends & set(absent) if known.elements[other] == "O")
            if lost and len(lost) > _bonds_to_others(draft, links(), residue, name):
                raise PreparationError(
                    f"{residue.label} lacks {', '.join(lost)} at {name}: with hydrogen in their place it would be "
                    "another molecule.",
                    "Complete it in the file, or leave it out.",
                    (residue.name,),
                )


def _bonds_to_others(draft: Draft, links: list[Link], residue: DraftResidue, name: str) -> int:
    ends = [end for link in links for end in link.ends]
    return sum(draft.residues[index] is residue and atom == name for index, atom in ends)


def _all_of(draft: Draft, name: str) -> list[DraftResidue]:
    return [residue for residue in draft.residues if residue.name == name]


def describes(known: Component, residues: Iterable[DraftResidue]) -> bool:
    """Whether all heavy atoms of the residues have their name and element in the component, and its bonds.

    Programs call any ligand LIG and its atoms C1, C2, and the dictionary has a LIG.
    """
    named = all(known.elements.get(atom.name) == atom.element for residue in residues for atom in residue.heavy)
    return named and (known.name in standard_components() or all(_bonded_as(known, residue) for residue in residues))


def _bonded_as(known: Component, residue: DraftResidue) -> bool:
    """Whether atoms are at bonding distance where the component has bonds, and only there; a tenth may be distorted."""
    atoms = [atom for atom in residue.heavy if not is_metal(atom.element)]
    if len(atoms) < 2:
        return True
    names = [atom.name for atom in atoms]
    expected = {frozenset(bond[:2]) for bond in known.bonds if bond[0] in names and bond[1] in names}
    positions = np.array([atom.position_angstrom for atom in atoms])
    radii = np.array([GetPeriodicTable().GetRcovalent(atom.element) for atom in atoms])
    ratio = np.linalg.norm(positions[:, None] - positions[None], axis=-1) / (radii[:, None] + radii[None])
    pairs = {frozenset((names[i], names[j])): ratio[i, j] for i, j in zip(*np.triu_indices(len(atoms), 1), strict=True)}
    torn = sum(pairs[bond] > _TORN for bond in expected)
    strange = sum(value < STRETCH for pair, value in pairs.items() if pair not in expected)
    return bool(torn + strange <= 0.1 * max(len(expected), 1))
