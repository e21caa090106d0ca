"""Structures read in a process of their own: the same as read here, with the same errors, and judged when they come."""

import gzip
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from core.chem.examples import example_path
from core.chem.prepare import Options, prepare
from core.chem.read import from_smiles
from core.chem.subject import DEFAULT_OPTIONS, Refused, Source, from_source
from core.errors import ReaderCrashError, ReaderMemoryError, ReaderTimeError, StructureError
from core.jobs.frames import Arrays
from core.jobs.isolated import Isolation, ReadLimits
from core.jobs.reading import judged_subject, read_smiles, read_source, subject_work
from core.settings import settings
from tests.chem.prepare.test_bad_structures import with_assembly
from tests.chem.test_bad_input import CASES
from tests.molecules import atom, atoms_of, capped, ligand, polymer, shifted

ZINC = atom(90, "ZN", " ZN", 9, (9, 9, 9), "ZN")
LYSINE = Source((polymer("GKG").replace("END\n", ZINC) + "END\n").encode(), "a.pdb")
WATER = Source(example_path("water-8").read_bytes(), "water.xyz")


def same(source: Source, options: Options = DEFAULT_OPTIONS) -> None:
    here, there = from_source(source, options), read_source(source, options)
    assert there.molecule.content_hash == here.molecule.content_hash and there.molecule.title == here.molecule.title
    assert np.array_equal(there.molecule.positions_angstrom, here.molecule.positions_angstrom)
    assert there.report == here.report and there.chains == here.chains
    assert there.source is source and there.options == options
    assert [ion.identity for ion in there.free_ions] == [ion.identity for ion in here.free_ions]
    assert (there.topology is None) == (here.topology is None)
    if here.topology is not None and there.topology is not None:
        assert there.topology.residues == here.topology.residues
        assert there.topology.atom_names == here.topology.atom_names
        assert np.array_equal(there.topology.residue_of_atom, here.topology.residue_of_atom)


def test_the_same_comes_out_as_in_this_process() -> None:
    same(WATER)
    same(LYSINE)
    same(Source(capped("S").encode(), "<b>.pdb"), Options(ph=3.0, hydrogens="auto", protonation="rules"))
    for smiles, charge in (("CC(=O)NC", None), ("C[NH3+]", 1)):
        assert read_smiles(smiles, charge=charge).content_hash == from_smiles(smiles, charge=charge).content_hash


def test_prepared_otherwise() -> None:
    subject = read_source(LYSINE)
    other = subject.again(replace(DEFAULT_OPTIONS, ph=12.5, protonation="rules"), read_source)
    assert other.molecule.charge == subject.molecule.charge - 2 and other.chains == subject.chains


@pytest.mark.parametrize("case", ["empty", "truncated PDB in an atom", "odd electrons", "unsupported element"])
def test_errors_are_those_of_this_process(case: str) -> None:
    content, name, kind, words = CASES[case]
    with pytest.raises(kind, match=words) as caught:
        read_source(Source(content, name))
    with pytest.raises(kind) as direct:
        from_source(Source(content, name))
    assert (caught.value.message, caught.value.remedy) == (direct.value.message, direct.value.remedy)


@pytest.mark.parametrize(
    ("text", "name", "chains", "without", "smiles", "unsupported"),
    [
        ("".join(atoms_of(capped("S"))) + ligand("CCCl", "QQQ") + "END\n", "a.pdb", ("A", "L"), ("QQQ",), (), True),
        (
            "".join(atoms_of(capped("S"))) + ligand("CCO", "QQQ") + "END\n",
            "a.pdb",
            ("A", "L"),
            ("QQQ",),
            ("QQQ",),
            False,
        ),
        ("".join(atoms_of(capped("S"))) + shifted(capped("S"), 0.1, "B") + "END\n", "a.pdb", ("A", "B"), (), (), False),
        ("2\n\nAu 0 0 0\nAu 0 0 2.5\n", "gold.xyz", None, (), (), True),
        ("<!DOCTYPE html><html><body>Not found</body></html>\n", "a.pdb", None, (), (), False),
    ],
)
def test_what_was_refused_can_be_prepared_otherwise_where_a_choice_may_help(
    text: str,
    name: str,
    chains: tuple[str, ...] | None,
    without: tuple[str, ...],
    smiles: tuple[str, ...],
    unsupported: bool,
) -> None:
    """chains: None where no choice would help."""
    source, options = Source(text.encode(), name), Options(ph=6.0)
    with pytest.raises(StructureError) as caught:
        read_source(source, options)
    refused = Refused.by(caught.value)
    assert (refused is not None) == (chains is not None)
    assert refused is None or (refused.source is source and refused.options == options)
    assert refused is None or (refused.without, refused.smiles, refused.unsupported) == (without, smiles, unsupported)
    assert refused is None or refused.chains == chains
    if refused and without:
        read_source(source, replace(options, drop=without))
    if refused and smiles:
        read_source(source, replace(options, ligands=((smiles[0], "CCO"),)))


@pytest.mark.parametrize(("options", "max_atoms"), [(Options(chains=("X",)), None), (Options(), 10)])
def test_chains_are_there_to_choose_from_where_the_choice_was_refused(options: Options, max_atoms: int | None) -> None:
    two = "".join(atoms_of(capped("S"))) + "TER\n" + shifted(capped("S"), 40.0, "B") + "END\n"
    with pytest.raises(StructureError) as caught:
        prepare(two.encode(), "a.pdb", options, max_atoms=max_atoms)
    assert caught.value.chains == ("A", "B")


def test_a_file_that_is_too_large_is_not_even_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Isolation, "run", lambda *words, **more: pytest.fail("sent"))
    with pytest.raises(StructureError, match="50 MB"):
        read_source(Source(b"\n" * 50_000_001, "a.xyz"))


def limited(monkeypatch: pytest.MonkeyPatch, limits: ReadLimits) -> None:
    monkeypatch.setattr("core.jobs.isolated.default_limits", lambda: limits)


def test_a_file_that_takes_too_long_or_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peroxide chains keep RDKit busy for half a minute, deep in C++."""
    limited(monkeypatch, ReadLimits(1, 2.0))
    with pytest.raises(ReaderTimeError, match="'CCOOO.+ took longer than the 1 s"):
        read_smiles("CC" + "O" * 200)
    limited(monkeypatch, ReadLimits(60, 0.4))
    with pytest.raises(ReaderMemoryError, match=r"'many.xyz' needs more than the 0.4 GB"):
        read_source(Source(b"3\nwater\n" + b"O 0 0 0\n" * 4_000_000, "many.xyz"))


def honest() -> tuple[dict[str, Any], Arrays]:
    request = {"filename": LYSINE.filename, "options": {"hydrogens": "auto", "protonation": "rules"}}
    answer, arrays = subject_work(request, LYSINE.content)
    return json.loads(json.dumps(answer)), arrays


LIES: dict[str, Callable[[dict[str, Any], Arrays], object]] = {
    "no charge": lambda told, arrays: told.pop("charge"),
    "a charge in words": lambda told, arrays: told.update(charge="many"),
    "an open shell": lambda told, arrays: told.update(charge=told["charge"] + 1),
    "a step that is none": lambda told, arrays: told["report"]["entries"].append({"step": "sell", "sentence": "x"}),
    "a sentence that is none": lambda told, arrays: told["report"]["entries"].append({"step": "read", "sentence": [1]}),
    "a residue of another kind": lambda told, arrays: told["residues"][0].update(kind="dragon"),
    "names for other atoms": lambda told, arrays: told.update(atom_names=told["atom_names"][1:]),
    "no residues": lambda told, arrays: arrays.pop("residue_of_atom"),
    "residues that are not there": lambda told, arrays: _change(arrays, "residue_of_atom", lambda a: a + 99),
    "positions that are none": lambda told, arrays: _change(arrays, "positions_angstrom", lambda a: a * np.nan),
    "atoms on one another": lambda told, arrays: _change(arrays, "positions_angstrom", lambda a: a * 0),
    "positions in a plane": lambda told, arrays: _change(arrays, "positions_angstrom", lambda a: a[:, :2]),
    "elements that nobody knows": lambda told, arrays: _change(arrays, "atomic_numbers", lambda a: a + 200),
    "an ion in infinity": lambda told, arrays: told["ions"][0].update(position_angstrom=[0, 0, 1e300]),
    "an ion of no element": lambda told, arrays: told["ions"][0].update(atomic_number=0),
}


def _change(arrays: Arrays, name: str, change: Callable[[Any], Any]) -> None:
    arrays[name] = change(arrays[name])


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_not_believed(lie: str) -> None:
    answer, arrays = honest()
    assert len(judged_subject(answer, arrays, LYSINE, DEFAULT_OPTIONS).free_ions) == 1
    LIES[lie](answer, arrays)
    with pytest.raises(ReaderCrashError, match="makes no sense"):
        judged_subject(answer, arrays, LYSINE, DEFAULT_OPTIONS)


def test_more_atoms_than_are_accepted_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, arrays = honest()
    monkeypatch.setenv("RHOSCOPE_MAX_ATOMS", "20")
    settings.cache_clear()
    try:
        with pytest.raises(ReaderCrashError, match="makes no sense"):
            judged_subject(answer, arrays, LYSINE, DEFAULT_OPTIONS)
    finally:
        settings.cache_clear()


def test_what_the_answer_calls_the_molecule_is_one_plain_line() -> None:
    answer, arrays = honest()
    answer["title"] = "a\n\x1b[31m<b>" + "x" * 1000
    title = judged_subject(answer, arrays, LYSINE, DEFAULT_OPTIONS).molecule.title
    assert title.isprintable() and len(title) == 200 and "<b>" in title


@cache
def _bomb() -> bytes:
    return gzip.compress(b"0" * 1_000_000_000)


@pytest.mark.parametrize("name", ["a.pdb", "a.cif", "a.xyz", "a.sdf", "a.pdb.gz", "a.zip"])
def test_a_compressed_file_is_never_unpacked(name: str) -> None:
    """A billion zeros in a megabyte."""
    bomb = _bomb()
    started = time.process_time()
    with pytest.raises(StructureError, match="compressed|not known"):
        read_source(Source(bomb, name))
    assert time.process_time() - started < 1


@pytest.mark.parametrize("operators", ["1-1000000000", "(1-9)(5-99999999999999999999999)", "1-9000,1-9000,1-9000"])
def test_an_assembly_without_end_is_refused(operators: str) -> None:
    """A few characters of mmCIF stand for as many copies as anybody likes; gemmi would count them for hours."""
    text = re.sub(r"(?m)^1 1,2,[0-9,]+ (\S+)$", rf"1 '{operators}' \1", with_assembly(2000))
    assert operators in text
    # What reads has started then.
    assert len(read_source(Source(with_assembly(2000).encode(), "a.cif")).molecule) < 40
    started = time.monotonic()
    with pytest.raises(StructureError, match="more than 20000 operators"):
        read_source(Source(text.encode(), "a.cif"))
    assert time.monotonic() - started < 20
    assert len(read_source(Source(with_assembly(2000).encode(), "a.cif")).molecule) < 40
