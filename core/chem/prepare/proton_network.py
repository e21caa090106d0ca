"""Hydrogens of proteins and waters by PDB2PQR: PROPKA's pKa at the chosen pH, then its hydrogen-bond network.

PDB2PQR sees the standard residues and waters only; a modified residue stands in as glycine, so that its neighbours keep
their peptide bonds. Only hydrogens on O, S and N are taken back (and, where flips are allowed, the side chains that it
turned): those on carbon follow from the heavy atoms alone.
Dolinsky et al., Nucleic Acids Res. 35, W522 (2007); Olsson et al., J. Chem. Theory Comput. 7, 525 (2011).
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.chem.prepare.draft import Draft, DraftAtom, DraftResidue, backbone_bond
from core.chem.prepare.naming import AMINO_ACIDS, CAPS
from core.chem.prepare.pdbtext import numbered, pdb_text
from core.chem.prepare.report import Log

_MOVED_ANGSTROM = 0.01
# PROPKA's 99.99 is its word for a cysteine in a disulfide.
_NO_PKA = 99.0
_FLIPPED = ("ASN", "GLN", "HIS")


@dataclass
class Network:
    """hydrogens: by residue index, (name, name of the heavy atom that bears it, position in angstrom).

    moved: by residue index, new positions of heavy atoms. pka: by residue index, of the side chain. unturned: indices
    of residues whose side chain would fit better the other way round, where none is to be turned.
    """

    hydrogens: dict[int, list[tuple[str, str, NDArray[np.float64]]]] = field(default_factory=dict)
    moved: dict[int, dict[str, NDArray[np.float64]]] = field(default_factory=dict)
    pka: dict[int, float] = field(default_factory=dict)
    unturned: list[int] = field(default_factory=list)


class NetworkError(Exception):
    """PDB2PQR could not do this structure; the caller places hydrogens by rule instead."""


def proton_network(draft: Draft, ph: float, disulfides: bool, flips: bool, log: Log) -> Network:
    """Raises NetworkError where PDB2PQR gives up."""
    import propka

    indices = [i for i, residue in enumerate(draft.residues) if residue.kind in ("protein", "water")]
    if not any(draft.residues[index].name in AMINO_ACIDS for index in indices):
        raise NetworkError("there is no standard amino acid")
    seen = [_as_seen(draft.residues[index]) for index in indices]
    try:
        with _quiet():
            biomolecule, rows = _run(seen, ph, disulfides)
    except Exception as error:  # PDB2PQR raises whatever its own code stumbles over
        raise NetworkError(f"{type(error).__name__}: {str(error)[:100]}") from error
    log.used("pdb2pqr", version("pdb2pqr"))
    log.used("propka", propka.__version__)
    place = dict(zip(numbered(seen), indices, strict=True))
    network = Network()
    for residue in biomolecule.residues:
        index = place[residue.chain_id, residue.res_seq]
        draft_residue = draft.residues[index]
        if draft_residue.name in AMINO_ACIDS or draft_residue.kind == "water":
            _take_back(residue, index, draft_residue, flips, network)
    for row in rows:
        key = row["chain_id"], row["res_num"]
        if key not in place or float(row["pKa"]) >= _NO_PKA:
            continue
        if row["group_label"].startswith(draft.residues[place[key]].name):
            network.pka[place[key]] = float(row["pKa"])
    return network


def _as_seen(residue: DraftResidue) -> DraftResidue:
    """The residue as PDB2PQR is shown it."""
    if residue.name in AMINO_ACIDS or residue.kind == "water" or residue.name in CAPS:
        return residue
    backbone = [atom for atom in residue.atoms if atom.name in ("N", "CA", "C", "O")]
    return DraftResidue(residue.chain, "GLY", residue.number, residue.insertion_code, "protein", backbone)


def _run(seen: list[DraftResidue], ph: float, disulfides: bool) -> tuple[Any, list[dict[str, Any]]]:
    """What pdb2pqr.main.non_trivial does, less its repair, its moves of heavy atoms, and its charges and files."""
    from pdb2pqr import aa, debump, forcefield, hydrogens, main, pdb
    from pdb2pqr.biomolecule import pka_key
    from pdb2pqr.io import get_definitions

    words = ["--ff=PARSE", "--titration-state-method=propka", f"--with-ph={ph:g}", "--keep-chain", "in.pdb", "out.pqr"]
    arguments = main.transform_arguments(main.build_main_parser().parse_args(words))
    definition = get_definitions()
    records, _ = pdb.read_pdb(io.StringIO(pdb_text(seen)))
    biomolecule, definition, _ = main.setup_molecule(records, definition, None)
    _set_termini(biomolecule, seen)
    biomolecule.update_bonds()
    if disulfides:
        biomolecule.update_ss_bridges()
    biomolecule.remove_hydrogens()
    rows, _ = main.run_propka(arguments, biomolecule)
    table = {
        pka_key(row["res_name"], row["res_num"], row["chain_id"], row.get("ins_code")): row["pKa"]
        for row in rows
        if row["group_label"].startswith(row["res_name"])
    }
    termini = {
        pka_key(row["group_label"][:2], row["res_num"], row["chain_id"], row.get("ins_code")): row["pKa"]
        for row in rows
        if row["group_label"][:2] in ("N+", "C-")
    }
    biomolecule.apply_pka_values(forcefield.Forcefield("parse", definition, None).name, ph, table | termini)
    biomolecule.add_hydrogens()
    handler = hydrogens.create_handler()
    routines = hydrogens.HydrogenRoutines(debump.Debump(biomolecule), handler)
    routines.set_optimizeable_hydrogens()
    biomolecule.hold_residues(None)
    routines.initialize_full_optimization()
    routines.optimize_hydrogens()
    routines.cleanup()
    biomolecule.set_states()
    if not any(isinstance(residue, aa.Amino) for residue in biomolecule.residues):
        raise ValueError("no amino acid was recognised")
    return biomolecule, list(rows)


def _set_termini(biomolecule: Any, seen: list[DraftResidue]) -> None:
    """Charged ends where the chain truly ends; nothing where it goes on unseen (PDB2PQR's own search knows neither)."""
    from pdb2pqr import aa

    by_place = {(r.chain_id, r.res_seq): r for r in biomolecule.residues}
    for number, (place, residue) in enumerate(zip(numbered(seen), seen, strict=True)):
        amino = by_place.get(place)
        if residue.kind != "protein" or not isinstance(amino, aa.Amino):
            continue
        before = seen[number - 1] if number > 0 else None
        after = seen[number + 1] if number + 1 < len(seen) else None
        # A proline's patch would put three hydrogens beside its two bonds; its nitrogen is left to the caller.
        if not _bonded(before, residue) and not residue.closed_before and residue.name != "PRO":
            amino.is_n_term = True
            biomolecule.apply_patch("NTERM", amino)
        if not _bonded(residue, after) and not residue.closed_after and "OXT" in residue.names:
            amino.is_c_term = True
            biomolecule.apply_patch("CTERM", amino)


def _bonded(one: DraftResidue | None, two: DraftResidue | None) -> bool:
    return one is not None and two is not None and one.chain == two.chain and backbone_bond(one, two) is not None


def _take_back(residue: Any, index: int, ours: DraftResidue, flips: bool, network: Network) -> None:
    moved = {}
    for atom in residue.atoms:
        own = ours.atom(atom.name)
        if own is not None and not own.is_hydrogen:
            position = np.array([atom.x, atom.y, atom.z], dtype=np.float64)
            # The oxygens of a protonated carboxyl may have changed names, which moves nothing.
            alike = [a.position_angstrom for a in ours.heavy if a.element == own.element]
            if min(np.abs(position - other).max() for other in alike) > _MOVED_ANGSTROM:
                moved[atom.name] = position
    if moved and flips and ours.name in _FLIPPED:
        network.moved[index] = moved
        moved = {}
    if moved and ours.name in _FLIPPED:
        network.unturned.append(index)
    if not moved:
        network.hydrogens[index] = list(_hydrogens(residue, ours, network.moved.get(index, {})))


def _hydrogens(
    residue: Any, ours: DraftResidue, moved: dict[str, NDArray[np.float64]]
) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Those on N, O and S, each with our atom that stands where the one that bears it stands."""
    for bearer in residue.atoms:
        if bearer.name.startswith(("H", "C")):
            continue
        place = np.array([bearer.x, bearer.y, bearer.z], dtype=np.float64)
        own = _atom_at(place, ours, moved)
        for atom in bearer.bonds:
            if atom.name.startswith("H") and atom.residue is residue:
                yield atom.name, own.name, np.array([atom.x, atom.y, atom.z], dtype=np.float64)


def _atom_at(place: NDArray[np.float64], ours: DraftResidue, moved: dict[str, NDArray[np.float64]]) -> DraftAtom:
    return min(ours.heavy, key=lambda atom: float(np.abs(moved.get(atom.name, atom.position_angstrom) - place).max()))


@contextmanager
def _quiet() -> Iterator[None]:
    """PDB2PQR and PROPKA log to the root logger's handlers; their warnings are not for the person."""
    loggers = [logging.getLogger(name) for name in ("pdb2pqr", "propka")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
