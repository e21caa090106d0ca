"""What strangers' bytes and words reach: each target takes bytes, and raises a typed error or gives something sound."""

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np

from core.chem.fetch.addresses import addresses
from core.chem.fetch.identifiers import parse_identifier
from core.chem.molecule import Molecule
from core.chem.prepare import Options
from core.chem.read import from_smiles, read_structure
from core.chem.subject import Source, from_source
from core.density.files import load_density
from core.errors import ReaderError, RhoscopeError
from core.jobs.reading_result import read_result
from core.reference.foreign import GaussianOrbitals
from core.settings import Settings
from core.view.address import HIGHEST_CHARGE, KINDS, LONGEST, LONGEST_SETTING, MOST_SETTINGS, link_of
from core.view.field import unpack_field
from tests.fuzz import corpus
from tests.fuzz.mutate import mutated

# A message is for a person: one line, not a file.
LONGEST_MESSAGE = 600


@dataclass(frozen=True)
class Target:
    """inputs: how many of a full run. take: what reads them."""

    name: str
    inputs: int
    corpus: Callable[[], tuple[bytes, ...]]
    take: Callable[[bytes], None]


def outcome(target: Target, data: bytes) -> str:
    """ "read", or the name of the typed error. Anything else is raised: it is a defect."""
    try:
        target.take(data)
    except RhoscopeError as error:
        for text in (error.message, error.remedy):
            assert text and len(text) < LONGEST_MESSAGE and "\n" not in text, f"not a message: {text[:1000]!r}"
        return type(error).__name__
    return "read"


def input_of(target: Target, seed: int, number: int) -> bytes:
    """The same for the same seed and number, on any machine."""
    return mutated(random.Random(f"{target.name} {seed} {number}"), target.corpus())


def _sound(molecule: Molecule) -> None:
    assert np.isfinite(molecule.positions_angstrom).all()
    assert molecule.electrons > 0 and molecule.electrons % 2 == 0
    assert molecule.title.isprintable() and len(molecule.title) <= 200, molecule.title


def _structure(filename: str) -> Callable[[bytes], None]:
    return lambda data: _sound(read_structure(data, filename))


def _prepared(filename: str) -> Callable[[bytes], None]:
    def take(data: bytes) -> None:
        # The bytes choose the options too, but the same ones always the same.
        rng = random.Random(data)
        options = Options(
            hydrogens=rng.choice(("auto", "auto", "rebuild", "keep")),
            protonation=rng.choice(("rules", "rules", "rules", "pdb2pqr")),
            unsupported=rng.choice(("refuse", "drop")),
            ions=rng.choice(("list", "add", "drop")),
            waters_angstrom=rng.choice((0.0, 3.5)),
            model=rng.choice((1, 1, 1, 1, 1, 1, 2)),
            chains=rng.choice(((), (), (), (), (), ("A",), ("B",))),
            ligands=rng.choice(((), (), (("LIG", rng.choice(corpus.SMILES)),))),
        )
        subject = from_source(Source(data, filename), options)
        _sound(subject.molecule)
        assert subject.topology is None or len(subject.topology) == len(subject.molecule)

    return take


def _smiles(data: bytes) -> None:
    _sound(from_smiles(data.decode("utf-8", "replace")))


def _identifier(data: bytes) -> None:
    chosen = Settings()
    for address in addresses(parse_identifier(data.decode("utf-8", "replace")), chosen):
        bases = (chosen.pdb_url, chosen.alphafold_url, chosen.pubchem_url)
        rest = next(address.url.removeprefix(base + "/") for base in bases if address.url.startswith(base + "/"))
        assert not any(part in rest for part in ("..", "//", "#", "@", "\\")) and rest.isascii(), address.url


def _link(data: bytes) -> None:
    found = link_of(dict(parse_qsl(data.decode("utf-8", "replace"))))
    assert len(found.start) <= MOST_SETTINGS
    assert all(len(name) + len(text) <= LONGEST_SETTING for name, text in found.start.items())
    if found.address is not None:
        assert found.address.kind in KINDS and 0 < len(found.address.value) <= LONGEST
        assert found.address.charge is None or abs(found.address.charge) <= HIGHEST_CHARGE


def _field(data: bytes) -> None:
    header, values = unpack_field(data)
    assert list(values.shape) == header["shape"]


def _density(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.safetensors"
        path.write_bytes(data)
        density = load_density(path)
    assert density.coefficients.shape == (density.basis.n_functions(density.molecule.atomic_numbers),)


def _result(filename: str) -> Callable[[bytes], None]:
    """By the way of the page: read in a process of its own, which text never brings down; HDF5's library may end it."""

    def take(data: bytes) -> None:
        try:
            result = read_result(data, filename)
        except ReaderError as error:
            if filename.endswith("chk"):
                raise
            raise AssertionError("the reader was brought down") from error
        assert np.isfinite(result.positions_bohr).all()
        density = result.density
        values = density.coefficients if isinstance(density, GaussianOrbitals) else density.density
        assert np.isfinite(values).all() and result.name == filename

    return take


def _words(words: tuple[str, ...]) -> Callable[[], tuple[bytes, ...]]:
    return lambda: tuple(word.encode() for word in words)


TARGETS = (
    Target("PDB", 22_000, corpus.pdb, _structure("a.pdb")),
    Target("mmCIF", 20_000, corpus.mmcif, _structure("a.cif")),
    Target("XYZ", 20_000, corpus.xyz, _structure("a.xyz")),
    Target("SDF", 16_000, corpus.sdf, _structure("a.sdf")),
    Target("SMILES", 10_000, _words(corpus.SMILES), _smiles),
    Target("PDB, prepared", 4_000, corpus.pdb, _prepared("a.pdb")),
    Target("mmCIF, prepared", 2_500, corpus.mmcif, _prepared("a.cif")),
    Target("cubes", 4_000, lambda: corpus.results("cube"), _result("a.cube")),
    Target("formatted checkpoints", 4_000, lambda: corpus.results("fchk"), _result("a.fchk")),
    Target("Molden files", 4_000, lambda: corpus.results("molden"), _result("a.molden")),
    Target("PySCF checkpoints", 3_000, lambda: corpus.results("chk"), _result("a.chk")),
    Target("identifiers", 10_000, _words(corpus.IDENTIFIERS), _identifier),
    Target("links", 10_000, _words(corpus.LINKS), _link),
    Target("packed fields", 5_000, corpus.fields, _field),
    Target("density files", 3_000, corpus.densities, _density),
)
