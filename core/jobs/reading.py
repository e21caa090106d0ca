"""What visitors bring, read and prepared in a process of its own: as `core.chem`, with its errors and those of limits.

Both ends of each kind of work stand here: what the process does, and how its answer is judged. The answer may have been
written by whoever wrote the file, so a molecule is judged again, and the rest goes through types that refuse nonsense.
"""

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from core.chem.elements import HEAVIEST, SUPPORTED_ELEMENTS
from core.chem.molecule import Molecule
from core.chem.prepare import Options, Report
from core.chem.prepare.ions import FreeIon
from core.chem.read import from_smiles, plain_title, require_size
from core.chem.subject import DEFAULT_OPTIONS, Progress, Refused, Source, Subject, from_identifier, from_source
from core.chem.topology import Residue, Topology
from core.chem.validate import (
    LARGEST_COORDINATE_ANGSTROM,
    require_atom_count,
    require_closed_shell,
    require_sound_positions,
)
from core.errors import ReaderCrashError, RhoscopeError, StructureError, UnsupportedElementError
from core.jobs.frames import Arrays
from core.jobs.isolated import Isolation
from core.settings import settings

_OPTIONS = TypeAdapter(Options)
_NONSENSE = (ValidationError, ValueError, KeyError, TypeError, OverflowError)
_REMEDY = "Save the structure again, or in another format."
_GLYCINE = """\
ATOM      1  N   GLY A   1       0.000   0.000   0.000  1.00  0.00           N
ATOM      2  CA  GLY A   1       1.450   0.000   0.000  1.00  0.00           C
ATOM      3  C   GLY A   1       2.000   1.420   0.000  1.00  0.00           C
ATOM      4  O   GLY A   1       1.240   2.390   0.000  1.00  0.00           O
ATOM      5  OXT GLY A   1       3.250   1.560   0.000  1.00  0.00           O
END
"""


class _MoleculeAnswer(BaseModel):
    charge: int
    title: str


Coordinate = Annotated[float, Field(ge=-LARGEST_COORDINATE_ANGSTROM, le=LARGEST_COORDINATE_ANGSTROM)]


class _Ion(BaseModel):
    residue: Residue
    atomic_number: int = Field(ge=1, le=HEAVIEST)
    position_angstrom: tuple[Coordinate, Coordinate, Coordinate]
    charge: int = Field(ge=-10, le=10)


class _SubjectAnswer(_MoleculeAnswer):
    """residues, atom_names: None for a structure that was taken as it stands."""

    report: Report
    chains: tuple[str, ...]
    ions: tuple[_Ion, ...]
    residues: tuple[Residue, ...] | None = None
    atom_names: tuple[str, ...] | None = None


def read_source(source: Source, options: Options = DEFAULT_OPTIONS) -> Subject:
    """As `core.chem.subject.from_source`, whose errors say here what was refused. Raises ReaderError besides."""
    require_size(len(source.content))
    request = {"filename": source.filename, "options": asdict(options)}
    try:
        answer, arrays = Isolation.shared().run(subject_work, request, source.content, what=source.filename)
    except StructureError as error:
        unsupported = isinstance(error, UnsupportedElementError)
        error.refused = Refused(source, options, error.without, unsupported, error.smiles, error.chains)
        raise
    return judged_subject(answer, arrays, source, options)


def read_identifier(text: str, progress: Progress = lambda text: None) -> Subject:
    """As `core.chem.subject.from_identifier`. Raises ReaderError besides."""
    return from_identifier(text, progress, read=read_source)


def read_smiles(smiles: str, *, charge: int | None = None) -> Molecule:
    """As `core.chem.read.from_smiles`. Raises ReaderError besides."""
    answer, arrays = Isolation.shared().run(smiles_work, {"smiles": smiles, "charge": charge}, b"", what=smiles)
    return judged_molecule(answer, arrays, smiles)


def subject_work(request: dict[str, Any], content: bytes) -> tuple[dict[str, Any], Arrays]:
    options = _OPTIONS.validate_python(request["options"])
    subject = from_source(Source(content, request["filename"]), options)
    answer, arrays = _told(subject.molecule)
    ions = [
        {
            "residue": asdict(ion.residue),
            "atomic_number": ion.atomic_number,
            "position_angstrom": ion.position_angstrom.tolist(),
            "charge": ion.charge,
        }
        for ion in subject.free_ions
    ]
    answer |= {"report": asdict(subject.report), "chains": subject.chains, "ions": ions}
    if subject.topology is not None:
        answer["residues"] = [asdict(residue) for residue in subject.topology.residues]
        answer["atom_names"] = subject.topology.atom_names
        arrays["residue_of_atom"] = subject.topology.residue_of_atom
    return answer, arrays


def smiles_work(request: dict[str, Any], content: bytes) -> tuple[dict[str, Any], Arrays]:
    return _told(from_smiles(request["smiles"], charge=request["charge"]))


def warm_up() -> None:
    """Have everything loaded that the works need, by doing each once."""
    smiles_work({"smiles": "CNC=O", "charge": None}, b"")
    subject_work({"filename": "glycine.pdb", "options": asdict(DEFAULT_OPTIONS)}, _GLYCINE.encode())


def judged_subject(answer: dict[str, Any], arrays: Arrays, source: Source, options: Options) -> Subject:
    """The subject that an answer describes. Raises ReaderCrashError where it describes none."""
    try:
        found = _SubjectAnswer.model_validate(answer)
        molecule = _molecule(found, arrays)
        topology = None
        if found.residues is not None and found.atom_names is not None:
            topology = Topology(found.residues, found.atom_names, arrays["residue_of_atom"])
            if len(topology) != len(molecule):
                raise ValueError(f"{len(topology)} names for {len(molecule)} atoms")
        ions = tuple(
            FreeIon(ion.residue, ion.atomic_number, np.array(ion.position_angstrom), ion.charge) for ion in found.ions
        )
    except _NONSENSE as error:
        raise _nonsense(source.filename) from error
    return Subject(molecule, topology, found.report, ions, source, options, found.chains)


def judged_molecule(answer: dict[str, Any], arrays: Arrays, name: str) -> Molecule:
    """The molecule that an answer describes. Raises ReaderCrashError where it describes none."""
    try:
        return _molecule(_MoleculeAnswer.model_validate(answer), arrays)
    except _NONSENSE as error:
        raise _nonsense(name) from error


def _told(molecule: Molecule) -> tuple[dict[str, Any], Arrays]:
    arrays = {"atomic_numbers": molecule.atomic_numbers, "positions_angstrom": molecule.positions_angstrom}
    return {"charge": molecule.charge, "title": molecule.title}, arrays


def _molecule(found: _MoleculeAnswer, arrays: Arrays) -> Molecule:
    """Judged as a structure from a file is. Raises ValueError where it could not have passed there."""
    numbers, positions = arrays["atomic_numbers"], arrays["positions_angstrom"]
    if not set(numbers.ravel().tolist()) <= set(SUPPORTED_ELEMENTS):
        raise ValueError("elements that are not supported")
    try:
        molecule = Molecule(numbers, positions, found.charge, plain_title(found.title))
        require_atom_count(len(molecule), settings().max_atoms)
        require_closed_shell(molecule.atomic_numbers, molecule.charge)
        require_sound_positions(molecule.symbols, molecule.positions_angstrom)
    except RhoscopeError as error:
        raise ValueError(str(error)) from error
    return molecule


def _nonsense(name: str) -> ReaderCrashError:
    return ReaderCrashError(f"The reader of {name[:80]!r} gave an answer that makes no sense.", _REMEDY)
