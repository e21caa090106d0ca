"""The processor's abilities, read off the system's list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.processor import has_fused_avx2


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu sse2 fma avx avx2", True), ("fpu sse2 avx2", False), ("fpu sse2 fma4 avx", False)],
)
def test_flags(tmp_path: Path, flags: str, expected: bool) -> None:
    listing = tmp_path / "cpuinfo"
    listing.write_text(f"processor\t: 0\nflags\t\t: {flags}\n\nprocessor\t: 1\nflags\t\t: fma avx2\n", encoding="ascii")
    assert has_fused_avx2(listing) is expected


def test_no_list_means_no(tmp_path: Path) -> None:
    assert not has_fused_avx2(tmp_path / "absent")


def test_a_kernel_chosen_by_hand_stays() -> None:
    code = "import core, os; print(os.environ['OPENBLAS_CORETYPE'])"
    environment = os.environ | {"OPENBLAS_CORETYPE": "Nehalem"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Nehalem"
