"""The cards of the models that are shipped, for reading: assets/models/<name>/card.json, rendered."""

import json
import re
from dataclasses import dataclass
from functools import cache

from core.gaussian.basis import ASSETS
from core.logs import get_logger
from core.model.checkpoint import CARD
from core.train.card import render

log = get_logger(__name__)


@dataclass(frozen=True)
class ShownCard:
    """name of the model; text: the card as Markdown, but for tables by number of atoms or molecules; by_size: these;
    content: the card itself."""

    name: str
    text: str
    by_size: str
    content: dict


@cache
def model_cards() -> list[ShownCard]:
    """The card of each shipped model, sorted by name; one that cannot be read is left out, and logged."""
    cards = []
    for path in sorted((ASSETS / "models").glob(f"*/{CARD}")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            cards.append(ShownCard(path.parent.name, *_parted(_body(render(content))), content))
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("model card", path=str(path), error=repr(error))
    return cards


def _body(markdown: str) -> str:
    """Without its title, which the page gives, and with headings that fit below those of the page."""
    lines = markdown.splitlines()
    if lines and lines[0].startswith("# "):
        lines = lines[1:]
    return "\n".join("##" + line if line.startswith("#") else line for line in lines)


def _parted(text: str) -> tuple[str, str]:
    """The sections of a card that are no tables by size, and those that are."""
    sections = re.split(r"\n(?=#+ )", text)
    by_size = [section for section in sections if ", by number of " in section.partition("\n")[0]]
    return "\n".join(section for section in sections if section not in by_size), "\n".join(by_size)
