"""What the first visitors find done: modules that pages need are loaded, and the pictures of the examples are made."""

import gc
import importlib
import threading

# Here, before the thread starts: half loaded by two threads at once, it fails in both.
import pandas  # noqa: F401

from core.chem.examples import example, examples
from core.chem.molecule import Molecule
from core.errors import RhoscopeError
from core.jobs.isolated import Isolation
from core.logs import get_logger
from core.reference.results import find_result
from core.settings import settings
from core.view.card_figures import figures_of
from core.view.cards import model_cards
from core.view.degrees import ladder_of, scene_up_to
from core.view.doubt import all_examined
from core.view.force_steps import OPENS_WITH, steps_of
from core.view.picture import picture_of
from core.view.trust import trust_of

# Loaded by pages only: whoever opens one first would wait for them.
MODULES = ("core.jobs.client", "core.view.comparison", "core.view.details", "core.view.export", "core.view.one_shot")

# Examples of so many atoms take seconds each, and wait until all else is done.
LARGE_ATOMS = 100

log = get_logger(__name__)


def warm_up() -> None:
    """Begin in the background, the default example first, and return; nothing where the settings say so."""
    if not settings().warm_up:
        return
    Isolation.shared().warm_up()
    threading.Thread(target=_work, name="warm-up", daemon=True).start()


def _work() -> None:
    try:
        molecules = [molecule for _, _, molecule in examples()]
        for number, molecule in enumerate(one for one in molecules if len(one) < LARGE_ATOMS):
            _make(molecule)
            if number == 0:
                for module in MODULES:
                    importlib.import_module(module)
                for card in model_cards():
                    figures_of(card.name)
                _try_workshop()
        _compare_first()
        for molecule in molecules:
            if len(molecule) >= LARGE_ATOMS:
                _make(molecule)
        # What is here now stays: the collector need not look through it again.
        gc.collect()
        gc.freeze()
    except RhoscopeError as error:
        log.warning("warm-up", error=str(error))


def _make(molecule: Molecule) -> None:
    picture = picture_of(molecule)
    trust_of(picture)
    _ = picture.facts


def _compare_first() -> None:
    """What Compare opens with."""
    from core.view.comparison import held_against

    picture = picture_of(examples()[0][2])
    if (record := find_result(picture.molecule)) is not None:
        held_against(picture, record)


def _try_workshop() -> None:
    """Its pages say themselves what went wrong; the other examples are made all the same."""
    try:
        _open_workshop()
    except RhoscopeError as error:
        log.warning("warm-up of the workshop", error=str(error))


def _open_workshop() -> None:
    """What its pages open with: a class arrives all at once."""
    dimer = example("water-2")
    scene_up_to(dimer, 0)
    ladder_of(dimer)
    steps_of(*OPENS_WITH)
    all_examined()
