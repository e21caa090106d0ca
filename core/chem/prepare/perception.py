"""Bonds of a molecule that no dictionary has: perceived from its hydrogens, or those of a SMILES. Angstrom."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import AllChem, rdDetermineBonds

from core.chem.components import Component
from core.chem.elements import atomic_number
from core.chem.lacking_hydrogens import carbons_lacking_hydrogens
from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue, Link
from core.chem.prepare.left_metals import is_metal
from core.chem.prepare.report import listed
from core.errors import PreparationError

_CHARGES_TRIED = (0, -1, 1, -2, 2, -3, 3, -4, 4)
_LARGEST_PERCEIVED = 150
_ORDERS = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
_SHOWN = 6


def lacking_hydrogens(draft: Draft) -> dict[int, tuple[str, ...]]:
    """Names of the carbons whose hydrogens are not there, by the id of their residue."""
    atoms = [(residue, atom) for residue in draft.residues for atom in (*residue.atoms, *residue.left_out)]
    numbers = np.array([1 if atom.is_hydrogen else atomic_number(atom.element) for _, atom in atoms])
    bare = carbons_lacking_hydrogens(numbers, np.array([atom.position_angstrom for _, atom in atoms]))
    found: dict[int, tuple[str, ...]] = {}
    for residue, atom in (atoms[index] for index in bare.tolist()):
        if atom in residue.left_out:
            continue
        found[id(residue)] = (*found.get(id(residue), ()), atom.name)
    return found


def require_all_hydrogens(residue: DraftResidue, bare: Sequence[str]) -> None:
    """Raises PreparationError where the bonds would be perceived from some of the hydrogens only."""
    if bare:
        raise PreparationError(
            f"The hydrogens of {residue.label} are not complete: by their bonds {listed(bare, _SHOWN)} must "
            "have some, and have none in the file. What bonds and charge it has cannot be told from the others.",
            "Give its SMILES, or a file with all of its hydrogens (docking programs keep those of N and O only), or "
            "leave it out.",
            (residue.name,),
            (residue.name,),
        )


def closing_hydrogens(draft: Draft, links: Sequence[Link], residue: DraftResidue) -> list[DraftAtom]:
    """Hydrogens where the residue is bonded to others: by itself it would be an ion or a radical.

    links: all those of the draft, as `core.chem.prepare.links.find_links` has them.
    """
    found: list[DraftAtom] = []
    for link in links:
        for (here, inner), (there, outer) in (link.ends, link.ends[::-1]):
            one, other = draft.residues[here].atom(inner), draft.residues[there].atom(outer)
            if draft.residues[here] is residue and here != there and one is not None and other is not None:
                along = other.position_angstrom - one.position_angstrom
                place = one.position_angstrom + along / np.linalg.norm(along)
                found.append(DraftAtom(f"closing {len(found)}", "H", place))
    return found


def perceived(residue: DraftResidue, closing: list[DraftAtom]) -> Component:
    """Kim and Kim's universal structure conversion (xyz2mol), as RDKit has it, with the charge that leaves the fewest
    atoms charged: with a smaller one, a drug's ammonium would be paid for by carbonyls that are torn open.

    closing: hydrogens in place of the residues that it is bonded to. Raises PreparationError where no charge works out.
    """
    atoms = [*_as_in_file(residue), *closing]
    best: tuple[tuple[int, int], Component] | None = None
    electrons = sum(1 if atom.is_hydrogen else atomic_number(atom.element) for atom in atoms)
    for charge in _CHARGES_TRIED if len(atoms) <= _LARGEST_PERCEIVED else ():
        if (electrons - charge) % 2:
            continue
        molecule, names = _bare(atoms)
        try:
            with rdBase.BlockLogs():
                rdDetermineBonds.DetermineBonds(molecule, charge=charge, allowChargedFragments=True)
        except (ValueError, RuntimeError):
            continue
        if any(atom.GetNumRadicalElectrons() for atom in molecule.GetAtoms()):
            continue
        _close_nitro_groups(molecule)
        charged = [atom for atom in molecule.GetAtoms() if atom.GetFormalCharge()]
        on_carbon = sum(atom.GetAtomicNum() == 6 for atom in charged)
        cost = on_carbon, sum(abs(atom.GetFormalCharge()) for atom in charged)
        if best is None or cost < best[0]:
            best = cost, _as_component(residue.name, molecule, names)
        if cost == (0, abs(Chem.GetFormalCharge(molecule))):
            break
    if best is None:
        raise PreparationError(
            f"The bonds of {residue.label} cannot be told from its atoms.",
            "Give its SMILES, or leave it out.",
            (residue.name,),
            (residue.name,),
        )
    return best[1]


def _close_nitro_groups(molecule: Chem.Mol) -> None:
    """Beside a cation, nitro groups are found as nitrogens with two negative oxygens, two electrons too many."""
    for nitrogen in molecule.GetAtoms():
        oxygens = [o for o in nitrogen.GetNeighbors() if o.GetAtomicNum() == 8 and o.GetFormalCharge() == -1]
        if nitrogen.GetAtomicNum() == 7 and nitrogen.GetFormalCharge() == 0 and len(oxygens) == 2:
            molecule.GetBondBetweenAtoms(nitrogen.GetIdx(), oxygens[0].GetIdx()).SetBondType(Chem.BondType.DOUBLE)
            oxygens[0].SetFormalCharge(0)
            nitrogen.SetFormalCharge(1)


def _as_in_file(residue: DraftResidue) -> list[DraftAtom]:
    """With what is left out of the calculation, for its bonds are bonds; metals are held otherwise."""
    return [*residue.atoms, *(atom for atom in residue.left_out if not is_metal(atom.element))]


def _bare(atoms: Sequence[DraftAtom]) -> tuple[Chem.Mol, list[str]]:
    """Atoms without bonds, with their positions; and their names."""
    editable = Chem.RWMol()
    conformer = Chem.Conformer(len(atoms))
    for index, atom in enumerate(atoms):
        editable.AddAtom(Chem.Atom(atom.element if not atom.is_hydrogen else "H"))
        conformer.SetAtomPosition(index, np.asarray(atom.position_angstrom, dtype=float).tolist())
    editable.AddConformer(conformer)
    return editable.GetMol(), [atom.name for atom in atoms]


def _as_component(name: str, molecule: Chem.Mol, names: list[str]) -> Component:
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    heavy = {a.GetIdx(): names[a.GetIdx()] for a in molecule.GetAtoms() if a.GetAtomicNum() > 1}
    return Component(
        name,
        {heavy[a.GetIdx()]: a.GetSymbol() for a in molecule.GetAtoms() if a.GetIdx() in heavy},
        {heavy[i]: c for i in heavy if (c := molecule.GetAtomWithIdx(i).GetFormalCharge())},
        tuple(
            (heavy[b.GetBeginAtomIdx()], heavy[b.GetEndAtomIdx()], int(b.GetBondTypeAsDouble()))
            for b in molecule.GetBonds()
            if b.GetBeginAtomIdx() in heavy and b.GetEndAtomIdx() in heavy
        ),
        fixed=True,
    )


def from_smiles(residue: DraftResidue, smiles: str) -> Component:
    """Raises PreparationError for a SMILES that is none, and for one that does not fit the atoms of the residue."""
    with rdBase.BlockLogs():
        template = Chem.MolFromSmiles(smiles)
        if template is None:
            raise PreparationError(f"{smiles[:60]!r} is not a valid SMILES.", "Check brackets, rings and valences.")
        # It may be that of the molecule as the file has it, or of what is left of it.
        whole = [atom for atom in _as_in_file(residue) if not atom.is_hydrogen]
        molecule, names = _bare(whole if template.GetNumAtoms() == len(whole) else residue.heavy)
        try:
            rdDetermineBonds.DetermineConnectivity(molecule)
            if molecule.GetNumAtoms() != template.GetNumAtoms():
                raise ValueError
            molecule = AllChem.AssignBondOrdersFromTemplate(template, molecule)
        except (ValueError, RuntimeError) as error:
            raise PreparationError(
                f"The SMILES for {residue.name} does not fit the {len(names)} heavy atoms of {residue.label}.",
                "Check the SMILES; it must have the atoms that the file has.",
            ) from error
    return _as_component(residue.name, molecule, names)


def of_other_names(residue: DraftResidue, known: Component) -> Component | None:
    """The component for a residue with all of its heavy atoms and bonds under other names, which the result has; None
    where it is another molecule. The pH may change its charges."""
    template = Chem.RWMol()
    index = {}
    for name, element in known.elements.items():
        if element != "H":
            atom = Chem.Atom(element)
            atom.SetFormalCharge(known.charges.get(name, 0))
            index[name] = template.AddAtom(atom)
    for first, second, order in known.bonds:
        if first in index and second in index:
            template.AddBond(index[first], index[second], _ORDERS[order])
    molecule, names = _bare(residue.heavy)
    if template.GetNumAtoms() != molecule.GetNumAtoms() or molecule.GetNumAtoms() < 2:
        return None
    try:
        with rdBase.BlockLogs():
            Chem.SanitizeMol(template)
            rdDetermineBonds.DetermineConnectivity(molecule)
            if molecule.GetNumBonds() != template.GetNumBonds():
                return None
            molecule = AllChem.AssignBondOrdersFromTemplate(template, molecule)
            return replace(_as_component(residue.name, molecule, names), fixed=False)
    except (ValueError, RuntimeError):
        return None
