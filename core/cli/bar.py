"""A bar on stderr while a large prediction runs, after one line that says how long and how much memory it will take."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.cli.output import progress

if TYPE_CHECKING:
    from core.chem.molecule import Molecule
    from core.model.checkpoint import TrainedModel

# Smaller structures take less than ten seconds.
FROM_ATOMS = 1000


@contextmanager
def prediction_bar(molecule: "Molecule", model: "TrainedModel") -> Iterator[Callable[[str, float], None] | None]:
    """What `predict` is to tell its progress; None for a small molecule. The bar is for terminals only."""
    if len(molecule) < FROM_ATOMS:
        yield None
        return
    from tqdm import tqdm

    from core.model.estimate import estimate, machine_slowness

    expected = estimate(molecule, model, slowness=machine_slowness(molecule, model))
    progress(f"{len(molecule)} atoms: {expected}")
    total = expected.total_seconds
    layout = "{desc} {percentage:3.0f}% |{bar}| {elapsed}, {remaining} left"
    with tqdm(total=total, file=sys.stderr, disable=None, bar_format=layout, leave=False) as bar:

        def tell(step: str, share: float) -> None:
            bar.set_description_str(step, refresh=False)
            bar.update(total * expected.share(step, share) - bar.n)

        yield tell
