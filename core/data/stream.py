"""What the generator asks of a stream of structures: names of a block without sampling it, and the block itself.

Block b of a stream is always the same structures in the same order, and blocks are independent of each other: any
number of machines can draw them, and a stopped run continues where it was.
"""

from dataclasses import dataclass, field
from typing import Protocol

from core.chem.molecule import Molecule


@dataclass(frozen=True, eq=False)
class Sample:
    """One structure. identity: `<sampler>/<mixture>/<seed>/<block>/<item>`; notes: provenance in JSON."""

    identity: str
    molecule: Molecule
    origin: str
    notes: dict = field(default_factory=dict)


class Stream(Protocol):
    """Numbered blocks of samples. Streams travel to the workers, so they hold plain values only."""

    def identities(self, block: int) -> list[str]:
        """Identities of all items of a block, in order; none where the stream is over."""

    def sample(self, block: int) -> list[Sample]:
        """The structures of a block; items whose geometry is no good are left out. Raises DataError."""
