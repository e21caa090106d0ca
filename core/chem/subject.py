"""What a visitor looks at: a molecule and, where it came from a file or an id, how it was made from it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.chem.fetch import fetch, parse_identifier
from core.chem.molecule import Molecule
from core.chem.prepare import Options, Prepared, prepare
from core.chem.prepare.ions import FreeIon
from core.chem.prepare.report import Entry, Report
from core.chem.read import file_content, has_residues, read_structure
from core.chem.topology import Topology
from core.errors import ChargeError, FetchError, PreparationError, StructureError, UnsupportedElementError

Progress = Callable[[str], None]
DEFAULT_OPTIONS = Options()


@dataclass(frozen=True, eq=False)
class Source:
    """A file as it came. origin: where from, in words; empty for a file of the visitor's own, as is identifier: the id
    that it was fetched by."""

    content: bytes
    filename: str
    origin: str = ""
    identifier: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.filename.encode() + b"\0" + self.content).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Subject:
    """molecule; topology, report and free ions as of `core.chem.prepare`, where there was something to prepare.

    source, options: what it was made from and how. chains: of the whole file, or of the
    assembly that was built, whichever were kept.
    """

    molecule: Molecule
    topology: Topology | None = None
    report: Report = field(default_factory=Report)
    free_ions: tuple[FreeIon, ...] = ()
    source: Source | None = None
    options: Options = DEFAULT_OPTIONS
    chains: tuple[str, ...] = ()

    def again(self, options: Options, read: "Read | None" = None) -> "Subject":
        """The same file, prepared otherwise. read: in place of `from_source`. Raises as that does."""
        if self.source is None:
            raise PreparationError("This structure did not come from a file.", "Choose a file or an id first.")
        return (read or from_source)(self.source, options)


@dataclass(frozen=True, eq=False)
class Refused:
    """A file that could not be prepared with these options. without: names of residues without which it might be;
    smiles: of those whose SMILES would do. unsupported: whether it is for elements that are not supported. chains: to
    choose from, empty where they are not known."""

    source: Source
    options: Options
    without: tuple[str, ...] = ()
    unsupported: bool = False
    smiles: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()

    @classmethod
    def by(cls, error: Exception) -> "Refused | None":
        """What `error` refused, where other options may do: not where nothing could be read, or prepared."""
        if not isinstance(error, PreparationError | UnsupportedElementError | ChargeError):
            return None
        found = error.refused
        return found if isinstance(found, cls) and has_residues(found.source.filename) else None


Read = Callable[[Source, Options], Subject]


def from_source(source: Source, options: Options = DEFAULT_OPTIONS) -> Subject:
    """Read and prepare a file. Raises StructureError, PreparationError, UnsupportedElementError, ChargeError.

    A PDB or mmCIF file that cannot be prepared, but is complete, is taken as it stands where no choice was made.
    """
    try:
        prepared = prepare(source.content, source.filename, options)
    except StructureError as error:
        return _as_it_stands(source, options, error)
    return _subject(prepared, source, options)


def from_identifier(
    text: str,
    progress: Progress = lambda text: None,
    *,
    options: Options = DEFAULT_OPTIONS,
    read: Read = from_source,
) -> Subject:
    """A structure by its id, prepared. Raises FetchError, and as `read`."""
    progress("Fetching")
    fetched = fetch(text)
    progress("Preparing: missing atoms, hydrogens, charges")
    how = "from the cache" if fetched.from_cache else f"from {fetched.url}"
    origin = f"{fetched.identifier.label}, {how}, fetched {fetched.fetched_at}"
    return read(Source(fetched.content, fetched.filename, origin, text.strip()), options)


def from_file_or_identifier(text: str, options: Options = DEFAULT_OPTIONS) -> Subject:
    """A file where there is one of this name, else an id. Raises as `is_file`, `from_source` and `from_identifier`."""
    if not is_file(text):
        return from_identifier(text, options=options)
    path = Path(text)
    return from_source(Source(file_content(path), path.name), options)


def is_file(text: str) -> bool:
    """Whether a file is meant, or else an id. Raises StructureError where it is neither."""
    path = Path(text)
    if path.exists():
        return True
    try:
        parse_identifier(text)
    except FetchError as error:
        if path.suffix or path.name != text:
            return True
        raise StructureError(
            f"{text[:40]!r} cannot be read: there is no such file, and it is not an id of the PDB, AlphaFold DB or "
            "PubChem.",
            f"Check the path. {error.remedy}",
        ) from error
    return False


def _subject(prepared: Prepared, source: Source, options: Options) -> Subject:
    several = len(prepared.topology.residues) > 1 or prepared.topology.residues[0].kind != "ligand"
    return Subject(
        prepared.molecule,
        prepared.topology,
        prepared.report,
        prepared.free_ions,
        source,
        options,
        prepared.chains if several else (),
    )


def _as_it_stands(source: Source, options: Options, problem: StructureError) -> Subject:
    if options != replace(DEFAULT_OPTIONS, charge=options.charge, drop_missing=options.drop_missing):
        raise problem
    try:
        molecule = read_structure(source.content, source.filename, charge=options.charge)
    except StructureError:
        raise problem from None
    note = Entry("read", f"It was taken as it stands, complete with hydrogens, for it could not be prepared: {problem}")
    return Subject(molecule, report=Report((note,)), source=source, options=options)
