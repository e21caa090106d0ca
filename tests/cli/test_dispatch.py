"""From words to a command: help, usage errors, defects; all without starting a process."""

import importlib
import json

import pytest
import structlog

from core.chem.examples import example_path
from core.cli import dispatch
from core.cli.output import printable, to_json
from core.errors import ConvergenceError


@pytest.fixture(autouse=True)
def logs_as_they_were():
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("words", [["--help"], *[[command, "--help"] for command in dispatch.COMMANDS]])
def test_help_names_what_there_is(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        dispatch.main(words)
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert "--json" in shown if len(words) == 2 else all(command in shown for command in dispatch.COMMANDS)


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["predict"], ["predict", "a.xyz", "--charge", "one"], ["predict", "a.xyz", "--wrong"]]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_usage_errors(words: list[str], as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch.main(words + ["--json"] * as_json) == 2
    shown = capsys.readouterr()
    if as_json:
        error = json.loads(shown.out)
        assert error["error"].endswith(".") and "--help" in error["remedy"]
    else:
        assert shown.out == "" and shown.err.startswith("Error: ")


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (ConvergenceError("It did not converge.", "Check the geometry."), 2, "Check the geometry."),
        (ZeroDivisionError("a defect"), 1, "report it"),
        (KeyboardInterrupt(), 130, "again"),
    ],
)
def test_exit_codes(
    raised: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(args: object) -> int:
        raise raised

    monkeypatch.setattr(importlib.import_module("core.cli.reference"), "run", run)
    assert dispatch.main(["reference", "a.xyz", "--json"]) == code
    assert words in json.loads(capsys.readouterr().out)["remedy"]


def test_an_output_folder_that_cannot_be_made(untrained_model, tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("")
    words = ["predict", str(example_path("water-1")), "--model", str(untrained_model), "--json"]
    assert dispatch.main([*words, "--out", str(tmp_path / "file" / "below")]) == 2
    assert "--out" in json.loads(capsys.readouterr().out)["remedy"]


def test_a_model_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch.main(["predict", str(example_path("water-1")), "--model", "no-such-model", "--json"]) == 2
    assert "no-such-model" in json.loads(capsys.readouterr().out)["error"]


def test_json_has_no_nan_and_no_numpy() -> None:
    import numpy as np

    value = to_json({"a": np.float32(1.5), "b": [np.nan, np.inf], "c": np.arange(2), 3: np.bool_(True), "d": None})
    assert json.dumps(value, allow_nan=False) == '{"a": 1.5, "b": [null, null], "c": [0, 1], "3": true, "d": null}'


def test_a_title_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in printable("\x1b[2Jgone") and printable("é ok\n") == "é ok\n"
