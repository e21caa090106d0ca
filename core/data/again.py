"""Structures that were calculated once, to be calculated again: at another level of theory, for the difference.

Identities and provenance of the structure are kept, so the split into training and held out holds for both levels;
what the first calculation said of itself (times, cycles, versions) is not.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.data.dataset import load_dataset
from core.data.shards import identity_of
from core.data.stream import Sample

BLOCK = 8
OF_THE_CALCULATION = (
    "pyscf", "python", "scf_cycles", "scf_seconds", "seconds", "homo_lumo_gap_hartree", "threads", "pyscf_version",
    "ao_order", "homo_hartree", "lumo_hartree", "coarse_cycles", "default_coarse_cycles", "one_shot", "start",
)  # fmt: skip


@lru_cache(maxsize=2)
def _samples(files: tuple[Path, ...]) -> tuple[Sample, ...]:
    """Small structures first: they are soon there."""
    records = sorted(load_dataset(files), key=lambda record: (record.molecule.electrons, record.name))
    return tuple(
        Sample(
            identity_of(record),
            record.molecule,
            record.origin,
            {key: value for key, value in record.provenance.items() if key not in OF_THE_CALCULATION}
            | {"identity": identity_of(record), "first_level": record.level.label},
        )
        for record in records
    )


@dataclass(frozen=True)
class AgainStream:
    """The structures of `files` (as `core.data.dataset.record_files` reads them), small ones first."""

    files: tuple[Path, ...]

    def _block(self, block: int) -> tuple[Sample, ...]:
        return _samples(self.files)[block * BLOCK : (block + 1) * BLOCK]

    def identities(self, block: int) -> list[str]:
        """None for a block after the last. Raises DataError where the files cannot be read."""
        return [sample.identity for sample in self._block(block)]

    def sample(self, block: int) -> list[Sample]:
        return list(self._block(block))
