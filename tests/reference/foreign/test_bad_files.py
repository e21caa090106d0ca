"""Files that are wrong, lie, or were damaged: each gives a typed error with its remedy, and nothing else happens."""

import io
import json
import random
from functools import cache

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyscf import gto

import core.settings
from core.errors import ChargeError, ResultError, RhoscopeError, StructureError, UnsupportedElementError
from core.reference.foreign import read
from core.reference.foreign.read import shown_name
from tests.reference.foreign.files import (
    FORMAMIDE,
    WATER,
    calculation,
    checkpoint_file,
    cube_file,
    fchk_file,
    molden_file,
)


@cache
def files() -> dict[str, bytes]:
    """Small ones, a name each."""
    method = calculation(WATER, "sto-3g")
    gradient = np.random.default_rng(0).normal(size=(3, 3))
    return {
        "water.cube": cube_file(method, 14),
        "water.fchk": fchk_file(method, gradient=gradient),
        "water.molden": molden_file(method),
        "water.chk": checkpoint_file(method),
    }


def test_all_are_read_to_begin_with() -> None:
    for name, content in files().items():
        assert read(content, name).atomic_numbers.tolist() == [8, 1, 1]


def test_the_name_chooses_the_format_and_the_content_must_agree() -> None:
    contents = files()
    with pytest.raises(ResultError, match=r"this is a formatted checkpoint.*\.fchk"):
        read(contents["water.fchk"], "water.cube")
    with pytest.raises(ResultError, match="formchk"):
        read(b"\x00\x01binary" * 50, "gaussian.chk")
    with pytest.raises(ResultError, match=r"\.txt are not known"):
        read(contents["water.cube"], "water.txt")
    with pytest.raises(ResultError, match="no ending"):
        read(contents["water.cube"], "water")
    with pytest.raises(ResultError, match="empty"):
        read(b" \n", "water.cube")
    # No path is followed, whatever the name says.
    assert read(contents["water.fchk"], "../../etc/WATER.FCHK").name == "WATER.FCHK"
    assert shown_name("C:\\results\\<b>x</b>\x07.fchk") == "b> .fchk"
    assert len(shown_name("x" * 500 + ".cube")) == 60


def test_size_is_judged_before_anything_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RHOSCOPE_MAX_UPLOAD_MB", "0.001")
    core.settings.settings.cache_clear()
    try:
        with pytest.raises(ResultError, match="MB are accepted"):
            read(b"x" * 2000, "x.cube")
    finally:
        monkeypatch.undo()
        core.settings.settings.cache_clear()


@pytest.mark.parametrize("name", ["water.cube", "water.fchk", "water.molden", "water.chk"])
def test_files_cut_off_anywhere(name: str) -> None:
    content = files()[name]
    # The end of a Molden file holds orbitals without electrons, which are not missed.
    for share in (0.02, 0.1, 0.3, 0.5, 0.7, *(() if name.endswith("molden") else (0.9, 0.97))):
        with pytest.raises(RhoscopeError) as caught:
            read(content[: int(share * len(content))], name)
        assert caught.value.remedy


def test_open_shells_are_refused_and_the_remedy_says_so() -> None:
    triplet = calculation("O 0 0 0; O 0 0 1.2", "sto-3g", spin=2)
    for content, name in ((molden_file(triplet), "o2.molden"), (checkpoint_file(triplet), "o2.chk")):
        with pytest.raises(ResultError, match=r"open shell: 9 electrons of one spin and 7.*closed shells only"):
            read(content, name)
    text = fchk_file(calculation(WATER, "sto-3g")).decode()
    label = "Number of beta electrons"
    changed = text.replace(f"{label:<40}   I     {5:12d}", f"{label:<40}   I     {4:12d}")
    assert changed != text
    with pytest.raises(ResultError, match="open shell"):
        read(changed.encode(), "x.fchk")


def test_pseudopotentials_are_refused_in_words() -> None:
    method = calculation("O 0 0 0; H 0 0.76 0.59; H 0 -0.76 0.59", "sto-3g")
    mol = gto.M(atom=method.mol.atom, basis="ccecp-ccpvdz", ecp="ccecp", verbose=0)
    with_ecp = mol.RHF(max_cycle=3, chkfile=None)
    with_ecp.kernel()
    for content, name in ((checkpoint_file(with_ecp), "x.chk"), (molden_file(with_ecp), "x.molden")):
        with pytest.raises(ResultError, match=r"no core electrons.*all-electron basis"):
            read(content, name)
    with pytest.raises(ResultError, match=r"nuclear charge of 6 instead of 8.*all-electron"):
        text = fchk_file(method).decode().replace("8.0000000000000000E+00", "6.0000000000000000E+00", 1)
        read(text.encode(), "x.fchk")


def test_ghosts_elements_and_atoms_on_one_another() -> None:
    ghost = gto.M(atom="O 0 0 0; H 0 0.76 0.59; H 0 -0.76 0.59; ghost-H 0 0 2", basis="sto-3g", verbose=0).RHF()
    ghost.max_cycle, ghost.chkfile = 2, None
    ghost.kernel()
    with pytest.raises(RhoscopeError, match="ghost"):
        read(checkpoint_file(ghost), "x.chk")
    with pytest.raises(RhoscopeError, match="[Gg]host"):
        read(molden_file(ghost), "x.molden")
    neon = calculation("Ne 0 0 0", "sto-3g")
    for write, suffix in ((cube_file, "cube"), (fchk_file, "fchk"), (molden_file, "molden"), (checkpoint_file, "chk")):
        with pytest.raises(UnsupportedElementError, match="Ne"):
            read(write(neon), f"x.{suffix}")
    content = files()["water.cube"].decode().split("\n")
    content[7] = content[8]
    with pytest.raises(StructureError, match="overlap"):
        read("\n".join(content).encode(), "x.cube")


def test_a_wrong_charge_and_electrons_that_are_missing() -> None:
    text = fchk_file(calculation(WATER, "sto-3g")).decode()
    charged = text.replace(f"{'Charge':<40}   I     {0:12d}", f"{'Charge':<40}   I     {2:12d}")
    with pytest.raises(ResultError, match=r"holds 10\.0000 electrons.*should be 8"):
        read(charged.encode(), "x.fchk")
    odd = molden_file(calculation(WATER, "sto-3g")).decode().replace("Occup=    2.00000", "Occup=    1.50000", 1)
    with pytest.raises((ResultError, ChargeError)):
        read(odd.encode(), "x.molden")


def test_a_molden_file_with_conventions_that_nobody_knows() -> None:
    lines = molden_file(calculation(FORMAMIDE, "cc-pvdz")).decode().splitlines()
    start = lines.index("[MO]")
    for k in range(start, len(lines)):
        fields = lines[k].split()
        if len(fields) == 2 and fields[0] == "7":
            lines[k] = f"7 {1.3 * float(fields[1])}"
    with pytest.raises(ResultError, match="not orthonormal"):
        read("\n".join(lines).encode(), "x.molden")


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("[GTO]", "[STO]", r"no section \[GTO\]"),
        (" s    3 1.00", " s    2000000000 1.00", "primitives"),
        (" s    3 1.00", " s    3000 1.00", "primitives"),
        (" s    3 1.00", " q    3 1.00", "no shell"),
        ("   3    ", "   1000000000    ", "beyond the 7"),
        ("   3    ", "   -1    ", "beyond the 7"),
        ("   3    ", "   1.5    ", "beyond the 7"),
        ("Occup=", "Occupation=", "no Occup="),
        ("Occup=    2.00000", "Occup=    0.00000", "No orbital of the file has electrons"),
        ("[Atoms] (AU)\nO", "[Atoms] (AU)\nO O", "six entries"),
        ("1 0\n", "7 0\n", "on atom 7 of 3"),
    ],
)
def test_molden_files_that_lie(old: str, new: str, match: str) -> None:
    text = files()["water.molden"].decode()
    assert old in text
    with pytest.raises(ResultError, match=match):
        read(text.replace(old, new).encode(), "x.molden")


def field(label: str, value: object, array: bool = False, kind: str = "I") -> str:
    return f"{label:<40}   {kind}   {'N=' if array else '  '}{value:>12}"


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("Shell types", "Shell typos", "no field 'Shell types'"),
        (field("Shell types", 5, True), field("Shell types", 4_000_000_000, True), "whole number"),
        (field("Total SCF Density", 28, True, "R"), field("Total SCF Density", 2 * 10**9, True, "R"), "2,000,000,000"),
        (field("Total SCF Density", 28, True, "R"), field("Total SCF Density", 27, True, "R"), "where 28 belong"),
        (field("Number of basis functions", 7), field("Number of basis functions", 8), "make 7 functions"),
        (field("Atomic numbers", 3, True) + "\n           8", field("Atomic numbers", 3, True) + "\n         88", "Ra"),
        (field("Charge", 0), field("Charge", "nan"), "not finite"),
        (field("Charge", 0), field("Charge", 0, True), "not what it should be"),
    ],
)  # fmt: skip
def test_formatted_checkpoints_that_lie(old: str, new: str, match: str) -> None:
    text = files()["water.fchk"].decode()
    assert old in text
    with pytest.raises(RhoscopeError, match=match):
        read(text.replace(old, new).encode(), "x.fchk")


def changed_checkpoint(change) -> bytes:
    """A checkpoint that `change` has been at, given the open file and the molecule as JSON."""
    memory = io.BytesIO(files()["water.chk"])
    with h5py.File(memory, "r+") as file:
        molecule = json.loads(file["mol"][()])
        change(file, molecule)
        if "mol" in file and file.get("mol", getlink=True).__class__ is h5py.HardLink:
            del file["mol"]
            file["mol"] = json.dumps(molecule)
    return memory.getvalue()


def test_a_checkpoint_runs_no_code() -> None:
    """PySCF's own reader evaluates this text."""
    code = "__import__('pathlib').Path('/tmp/rhoscope-was-here').write_text('x')"

    def change(file: h5py.File, molecule: dict) -> None:
        molecule["atom"] = molecule["basis"] = molecule["ecp"] = code

    found = read(changed_checkpoint(change), "x.chk")
    assert found.atomic_numbers.tolist() == [8, 1, 1] and found.says == ""
    from pathlib import Path

    assert not Path("/tmp/rhoscope-was-here").exists()  # noqa: S108 - nothing may have written it


def test_a_checkpoint_cannot_point_outside_of_itself(tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere.h5"
    with h5py.File(elsewhere, "w") as file:
        file["scf/mo_occ"] = np.zeros(7)
        file["mol"] = "{}"

    def link(file: h5py.File, molecule: dict) -> None:
        del file["scf/mo_occ"]
        file["scf/mo_occ"] = h5py.ExternalLink(str(elsewhere), "/scf/mo_occ")

    def soft(file: h5py.File, molecule: dict) -> None:
        del file["scf"]
        file["scf"] = h5py.ExternalLink(str(elsewhere), "/scf")

    def storage(file: h5py.File, molecule: dict) -> None:
        del file["scf/mo_occ"]
        raw = tmp_path / "raw"
        raw.write_bytes(np.full(7, 2.0).tobytes())
        file["scf"].create_dataset("mo_occ", (7,), "f8", external=[(str(raw), 0, 56)])

    def virtual(file: h5py.File, molecule: dict) -> None:
        del file["scf/mo_occ"]
        layout = h5py.VirtualLayout((7,), "f8")
        layout[:] = h5py.VirtualSource(str(elsewhere), "scf/mo_occ", (7,))
        file["scf"].create_virtual_dataset("mo_occ", layout)

    for change in (link, soft, storage, virtual):
        with pytest.raises(ResultError, match="outside of itself"):
            read(changed_checkpoint(change), "x.chk")


def test_checkpoints_that_lie() -> None:
    def bomb(file: h5py.File, molecule: dict) -> None:
        del file["scf/mo_coeff"]
        file["scf"].create_dataset("mo_coeff", (60_000, 60_000), "f8", chunks=(1000, 1000), compression="gzip")

    def shape(file: h5py.File, molecule: dict) -> None:
        del file["scf/mo_occ"]
        file["scf/mo_occ"] = np.full(3, 2.0)

    def nan(file: h5py.File, molecule: dict) -> None:
        file["scf/mo_coeff"][0, 0] = np.nan

    def complex_numbers(file: h5py.File, molecule: dict) -> None:
        values = file["scf/mo_coeff"][...]
        del file["scf/mo_coeff"]
        file["scf/mo_coeff"] = values + 0j

    def beyond(file: h5py.File, molecule: dict) -> None:
        molecule["_bas"][0][5] = 10**6

    def negative(file: h5py.File, molecule: dict) -> None:
        molecule["_bas"][0][6] = -4

    def many(file: h5py.File, molecule: dict) -> None:
        molecule["_bas"][0][2] = 2**30

    def crystal(file: h5py.File, molecule: dict) -> None:
        molecule["a"] = [[9, 0, 0], [0, 9, 0], [0, 0, 9]]

    def python(file: h5py.File, molecule: dict) -> None:
        molecule.clear()

    def empty(file: h5py.File, molecule: dict) -> None:
        del file["scf"]

    for change, match in (
        (bomb, "too many"), (shape, "do not fit"), (nan, "not finite"), (complex_numbers, "not real"),
        (beyond, "fit together"), (negative, "fit together"), (many, "fit together|primitives"), (crystal, "crystal"),
        (python, "no checkpoint"), (empty, "no orbitals"),
    ):  # fmt: skip
        with pytest.raises(ResultError, match=match):
            read(changed_checkpoint(change), "x.chk")


def endless_checkpoint() -> bytes:
    """What is free at the end of a global heap has its own size; where that is nought, HDF5 never comes past it."""
    content = bytearray(files()["water.chk"])
    start = content.index(b"GCOL")
    first = int.from_bytes(content[start + 24 : start + 32], "little")
    free = start + 32 + (first + 7) // 8 * 8
    assert int.from_bytes(content[free : free + 2], "little") == 0
    content[free + 8 : free + 16] = bytes(8)
    return bytes(content)


def test_a_heap_in_which_the_library_would_go_round_for_ever() -> None:
    with pytest.raises(ResultError, match="keeps its texts"):
        read(endless_checkpoint(), "water.chk")


TOKENS = [b"nan", b"-1", b"0", b"1e308", b"-1e-308", b"99999999999", b"2147483648", b"[GTO]", b"", b"x", b"1.5", b"N="]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """One of the files, damaged in a few places: bytes, words, lines, its end."""
    name, content = draw(st.sampled_from(sorted(files().items())))
    chance = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["bytes", "words", "lines", "swap", "end"]))
        place = chance.randrange(max(1, len(content)))
        if kind == "bytes":
            content = content[:place] + chance.randbytes(chance.choice([1, 1, 4])) + content[place + 1 :]
        elif kind == "words":
            start = content.rfind(b" ", 0, place) + 1
            stop = min(x for x in (content.find(b" ", place), content.find(b"\n", place), len(content)) if x >= 0)
            content = content[:start] + chance.choice(TOKENS) + content[max(start, stop) :]
        elif kind == "lines":
            lines = content.split(b"\n")
            at = chance.randrange(len(lines))
            lines[at : at + chance.choice([0, 1, 3])] = lines[at : at + 1] * chance.choice([0, 2, 2, 30])
            content = b"\n".join(lines)
        elif kind == "swap":
            lines = content.split(b"\n")
            one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
            lines[one], lines[other] = lines[other], lines[one]
            content = b"\n".join(lines)
        else:
            content = content[:place]
    return name, content


@given(damaged())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_of_damaged_files_only_typed_errors_come_out(file: tuple[str, bytes]) -> None:
    name, content = file
    try:
        read(content, name)
    except RhoscopeError as error:
        assert error.message and error.remedy
