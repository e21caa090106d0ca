"""Settings come from the environment, are checked once, and name the variable that is wrong."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from core import logs
from core.errors import RhoscopeError, SettingsError
from core.settings import Settings, settings
from tests.running_app import ROOT


@pytest.fixture
def fresh():
    settings.cache_clear()
    yield
    settings.cache_clear()
    structlog.reset_defaults()


def test_defaults(fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RHOSCOPE_{name.upper()}", raising=False)
    assert settings().max_upload_mb == 50 and settings().default_model == "auto"
    assert settings().data_dir.is_absolute()


def test_environment(fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RHOSCOPE_MAX_ATOMS", "17")
    monkeypatch.setenv("RHOSCOPE_DATA_DIR", "~/somewhere")
    monkeypatch.setenv("RHOSCOPE_LOG_LEVEL", "debug")
    monkeypatch.setenv("RHOSCOPE_DEVICE", "cpu")
    chosen = settings()
    assert (chosen.max_atoms, chosen.log_level, chosen.torch_device) == (17, "DEBUG", "cpu")
    assert chosen.data_dir == Path.home() / "somewhere"


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_ATOMS", "0"), ("DEVICE", "tpu"), ("THREADS", "-1"), ("SCHEDULER", "file:///etc"), ("MAX_UPLOAD_MB", "nan"),
     ("DFT_MEMORY_GB", "lots"), ("LOG_LEVEL", "LOUD"), ("DEFAULT_MODEL", ""), ("PDB_URL", "file:///etc"),
     ("PUBCHEM_URL", "ftp://example.org"), ("ALPHAFOLD_URL", "https://me@example.org"), ("FETCH_TIMEOUT_SECONDS", "0")],
)  # fmt: skip
def test_what_makes_no_sense_is_named(fresh, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"RHOSCOPE_{name}", value)
    with pytest.raises(SettingsError, match=f"RHOSCOPE_{name}"):
        settings()


def test_processes_are_as_nice_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[int] = []

    def nice(more: int) -> int:
        said.append(more)
        return sum(said) + 4

    monkeypatch.setattr("core.settings.os.nice", nice)
    Settings(niceness=10).apply_niceness()
    assert said == [0, 6]
    Settings(niceness=3).apply_niceness()
    assert sum(said) == 6, "never less than it was"


def test_settings_are_frozen(fresh) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings().max_atoms = 3


def test_errors_carry_their_remedy() -> None:
    error = RhoscopeError("It is broken.", "Mend it.")
    assert str(error) == "It is broken. Mend it."


def test_logs_as_json_on_stderr(fresh, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RHOSCOPE_LOG_JSON", "1")
    monkeypatch.setenv("RHOSCOPE_LOG_LEVEL", "INFO")
    logs.configure()
    logs.get_logger("core.test").info("read", atoms=18)
    logs.get_logger("core.test").debug("not shown")
    shown = capsys.readouterr()
    assert shown.out == ""
    [line] = shown.err.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["atoms"], entry["module"], entry["level"]) == ("read", 18, "core.test", "info")


def test_logs_of_a_process_that_sets_nothing_up() -> None:
    """A worker of Dask's, a child: stdout is for answers, and the format is the one that was asked for."""
    lines = "from core.logs import get_logger; get_logger('core.test').warning('said'); print('answer')"
    environment = os.environ | {"RHOSCOPE_LOG_JSON": "1"}
    done = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout == "answer\n" and json.loads(done.stderr)["event"] == "said"


def test_a_log_that_nobody_reads_any_more_harms_nobody(fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program's stderr may be closed, or another than when the log was set up."""
    logs.configure()
    logger = logs.get_logger("core.test")
    closed, opened = io.StringIO(), io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)
    logger.warning("lost")
    monkeypatch.setattr("sys.stderr", opened)
    logger.warning("read")
    assert "read" in opened.getvalue() and "lost" not in opened.getvalue()
