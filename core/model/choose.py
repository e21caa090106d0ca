"""Which shipped model predicts a structure, where nobody names one."""

import json
from functools import cache

from core.chem.molecule import Molecule
from core.errors import ModelError
from core.gaussian.basis import ASSETS
from core.model.checkpoint import CARD, WEIGHTS, TrainedModel, load_model, weights_hash
from core.model.domain import domain_warnings
from core.settings import settings

AUTOMATIC = "auto"


@cache
def shipped_domains() -> dict[str, dict]:
    """Name and domain of each model of assets/models, those of the fewest elements first: the specialists."""
    domains = {}
    for path in sorted((ASSETS / "models").glob(f"*/{CARD}")):
        if (path.parent / WEIGHTS).is_file():
            domains[path.parent.name] = dict(json.loads(path.read_text(encoding="utf-8")).get("domain", {}))
    return dict(sorted(domains.items(), key=lambda item: (len(item[1].get("elements", ())), item[0])))


def choose_model(molecule: Molecule) -> str:
    """Name of a shipped model: of those that know all elements, the most special one whose domain holds the structure;
    where none does, the most general. Raises ModelError where none is shipped."""
    domains = shipped_domains()
    if not domains:
        raise ModelError("There is no model in assets/models.", "Train one, or name one by RHOSCOPE_DEFAULT_MODEL.")
    needed = set(molecule.symbols)
    able = [name for name, domain in domains.items() if needed <= set(domain.get("elements", ()))]
    for name in able[:-1]:
        if not domain_warnings(molecule, domains[name]):
            return name
    return able[-1] if able else list(domains)[-1]


def name_for(molecule: Molecule, name: str | None = None) -> str:
    """`name`, else the model of the settings, else the one chosen by `choose_model`: a name or a folder."""
    wanted = name or settings().default_model
    return choose_model(molecule) if wanted == AUTOMATIC else wanted


def model_for(molecule: Molecule, name: str | None = None) -> TrainedModel:
    """The model that `name_for` names. Raises ModelError."""
    return load_model(name_for(molecule, name))


def weights_key(name: str | None = None) -> str:
    """What says whether `model_for` with this name would still use the same weights. Raises ModelError."""
    wanted = name or settings().default_model
    names = sorted(shipped_domains()) if wanted == AUTOMATIC else [wanted]
    return " ".join(weights_hash(one) for one in names)
