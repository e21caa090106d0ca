"""The choices of a preparation, typed for `prepare` and for `predict --prepare`: the same, and refused without it."""

import argparse
import json
from dataclasses import fields

import pytest
import structlog

from core.chem.prepare import Options
from core.cli import dispatch, predict, prepare
from core.cli.preparing import options_of, require_prepare
from core.errors import PreparationError, UsageError
from tests.molecules import atom, atoms_of, capped, ligand, polymer, shifted, sulfate

# Each choice as typed, and what it comes to.
CHOICES: tuple[tuple[str, dict[str, object]], ...] = (
    ("--ph 5", {"ph": 5.0}),
    ("--hydrogens rebuild", {"hydrogens": "rebuild"}),
    ("--hydrogens keep", {"hydrogens": "keep"}),
    ("--keep hydrogens", {"hydrogens": "keep"}),
    ("--waters 3.5", {"waters_angstrom": 3.5}),
    ("--file-model 2", {"model": 2}),
    ("--assembly 1", {"assembly": "1"}),
    ("--chains A B", {"chains": ("A", "B")}),
    ("--drop SO4 ions unsupported", {"drop": ("SO4",), "ions": "drop", "unsupported": "drop"}),
    ("--without caps disulfides", {"caps": False, "disulfides": False}),
    ("--protonation rules", {"protonation": "rules"}),
    ("--flips", {"flips": True}),
    ("--ligand LIG=CCO XYZ=C=O", {"ligands": (("LIG", "CCO"), ("XYZ", "C=O"))}),
)


@pytest.fixture(autouse=True)
def logs_as_they_were():
    yield
    structlog.reset_defaults()


def typed(command: str, words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    {"prepare": prepare, "predict": predict}[command].add_arguments(parser)
    return parser.parse_args(["a.pdb", *words.split()])


@pytest.mark.parametrize("command", ["prepare", "predict"])
@pytest.mark.parametrize(("words", "fields_of"), CHOICES)
def test_each_choice_means_the_same_wherever_it_is_typed(command: str, words: str, fields_of: dict) -> None:
    args = typed(command, words)
    assert options_of(args) == Options(**fields_of)
    if command == "predict":
        with pytest.raises(UsageError, match=words.split()[0]) as caught:
            require_prepare(args)
        assert "--prepare" in caught.value.remedy
        require_prepare(typed(command, f"{words} --prepare"))


def test_nothing_typed_is_what_the_preparation_does_by_itself() -> None:
    assert options_of(typed("prepare", "")) == options_of(typed("predict", "--prepare")) == Options()
    require_prepare(typed("predict", "--charge 1 --model water"))
    assert options_of(typed("prepare", "--model 3")).model == 3


def test_every_choice_can_be_typed() -> None:
    typable = {name for _, found in CHOICES for name in found} | {"selenomethionine", "missing_atoms"}
    assert {field.name for field in fields(Options)} == typable | {"charge", "drop_missing"}


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("predict 1CRN", "predict 1CRN --prepare"),
        ("compare pubchem:aspirin", "prepare pubchem:aspirin --out"),
        ("reference P69905", "prepare P69905 --out"),
    ],
)
def test_an_id_where_a_file_is_wanted(words: str, remedy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch.main([*words.split(), "--json"]) == 2
    assert remedy in capsys.readouterr().out


@pytest.mark.parametrize(
    ("smiles", "remedies"),
    [("CCO", ["--ligand QQQ=SMILES", "--drop QQQ"]), ("CCCl", ["--drop QQQ", "--drop unsupported"])],
)
@pytest.mark.parametrize("command", ["prepare", "predict --prepare"])
def test_a_remedy_says_how_it_is_typed(tmp_path, capsys, command: str, smiles: str, remedies: list[str]) -> None:
    path = tmp_path / "unknown.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + ligand(smiles, "QQQ") + "END\n")
    word, *more = command.split()
    typed = [word, str(path), *more, "--protonation", "rules", "--json"]
    assert dispatch.main(typed) == 2
    remedy = json.loads(capsys.readouterr().out)["remedy"]
    assert remedy.endswith(f" Type {', or '.join(remedies)}.")
    for remedy in remedies:
        assert dispatch.main([*typed, *remedy.replace("SMILES", smiles).split()]) == 0
        capsys.readouterr()


@pytest.mark.parametrize("ph", ["7", "5"])
def test_a_choice_is_told_as_it_is_typed_where_what_is_to_be_confirmed_is_about_it(tmp_path, capsys, ph: str) -> None:
    """That the hydrogens of the file say what the pH does not is to be confirmed for a pH that was asked for."""
    path = tmp_path / "whole.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + "END\n")
    complete = tmp_path / "complete.pdb"
    assert dispatch.main(["prepare", str(path), "--protonation", "rules", "--out", str(complete)]) == 0
    assert "To choose otherwise" not in capsys.readouterr().out
    assert dispatch.main(["prepare", str(complete), "--ph", ph]) == 0
    shown = capsys.readouterr().out
    assert "these are kept" in shown
    assert ("To choose otherwise: --hydrogens keep, or --hydrogens rebuild." in shown) == (ph == "5")


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="contradict"):
        options_of(typed("predict", "--keep hydrogens --hydrogens rebuild"))
    with pytest.raises(UsageError, match="NAME=SMILES"):
        options_of(typed("predict", "--ligand LIG"))
    with pytest.raises(PreparationError, match="pH"):
        options_of(typed("predict", "--ph 20"))


def test_predict_prepares_as_it_is_told(tmp_path, capsys) -> None:
    """Two chains, an ion and a ligand that no dictionary knows: one chain without either is left."""
    path = tmp_path / "mixed.pdb"
    one = "".join(atoms_of(polymer("GK")))
    zinc = atom(99, "ZN", " ZN", 99, (30, 0, 0), "ZN")
    path.write_text(one + "TER\n" + shifted(one, 60, "B") + ligand("CCO", "QQQ") + zinc + "END\n")
    choices = ["--ph", "12", "--protonation", "rules", "--chains", "A", "L", "--drop", "QQQ", "ions", "--json"]
    assert dispatch.main(["prepare", str(path), *choices]) == 0
    expected = json.loads(capsys.readouterr().out)
    assert dispatch.main(["predict", str(path), "--prepare", *choices]) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert (found["atoms"], found["charge"]) == (expected["atoms"], expected["charge"]) == (30, -1)
    assert "Please confirm" not in shown.err
    assert dispatch.main(["predict", str(path), *choices]) == 2
    assert "--prepare" in json.loads(capsys.readouterr().out)["remedy"]


def test_what_the_model_does_not_know_is_told_as_it_is_left_out(tmp_path, capsys) -> None:
    path = tmp_path / "sulfate.pdb"
    path.write_text("".join(atoms_of(capped("S"))) + sulfate() + "END\n")
    assert dispatch.main(["predict", str(path), "--prepare"]) == 0
    assert "To leave out what the model does not know: --drop SO4\n" in capsys.readouterr().err
    assert dispatch.main(["predict", str(path), "--prepare", "--drop", "SO4"]) == 0
    assert "To leave out" not in capsys.readouterr().err
