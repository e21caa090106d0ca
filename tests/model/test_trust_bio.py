"""The bio model disowns structures that it must not be trusted on, and finds everyday ones inside its domain."""

import pytest

from core.chem.read import from_smiles
from core.model.checkpoint import TrainedModel, load_model
from core.model.domain import domain_flags
from core.model.predict import predict
from core.model.trust import assess
from tests.model.known_bad_bio import GOOD, bad

BAD = dict(bad())


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return load_model("bio")


@pytest.mark.parametrize("name", BAD)
def test_known_bad_structures_are_not_trusted(name: str, model: TrainedModel) -> None:
    trust = assess(predict(BAD[name], model), model)
    assert not trust.trusted and trust.flagged.any()
    assert trust.verdict.startswith("Do not trust") and trust.reasons()


@pytest.mark.parametrize("name", GOOD)
def test_everyday_molecules_are_inside_the_domain(name: str, model: TrainedModel) -> None:
    assert domain_flags(from_smiles(GOOD[name]), model.domain) == ()
