"""What a job looks like from outside, and how it is named."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Literal

from core.chem.molecule import Molecule
from core.reference.calculation import CycleReport
from core.reference.level import Level

State = Literal["queued", "running", "done", "failed", "cancelled"]
KEY = re.compile(r"[0-9a-f]{40}-[0-9a-f]{16}")


def key_of(molecule: Molecule, level: Level) -> str:
    """Name of a calculation: content hash of the structure and hash of the level of theory. Nothing else counts."""
    text = json.dumps(level.to_json(), sort_keys=True)
    return f"{molecule.content_hash[:40]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class JobStatus:
    """One look at a job.

    position: 0 once it runs, 1 for the next in the queue. cycles: SCF cycles so far, kept when it fails or is
    cancelled. elapsed_seconds: since it started to run. message, remedy: for the person; remedy only of failures.
    """

    job_id: str
    state: State
    position: int = 0
    cycles: list[CycleReport] = field(default_factory=list)
    elapsed_seconds: float = 0.0
    message: str = ""
    remedy: str = ""

    @property
    def finished(self) -> bool:
        return self.state in ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Failure:
    """Why a calculation gave no record. permanent: the same request would end the same way again."""

    message: str
    remedy: str
    permanent: bool = False
    cycles: tuple[CycleReport, ...] = ()
