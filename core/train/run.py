"""One training run from its configuration to a model folder."""

import platform
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from core.chem.elements import symbol
from core.chem.molecule import Molecule
from core.data.dataset import check_apart, check_split, load_dataset, summarise
from core.errors import DataError
from core.gaussian.basis import AuxiliaryBasis
from core.model.checkpoint import TrainedModel, read_model, save_model
from core.model.coordinates import OutputCoordinates
from core.model.domain import describe_domain, joined_domain
from core.model.network import DensityNetwork, NetworkConfig
from core.model.plain import PlainNetwork, RandomlyTurned
from core.reference.auxiliary import function_charges
from core.reference.level import Level
from core.reference.record import Record
from core.settings import settings
from core.train.config import TrainingConfig
from core.train.levels import SECOND_LEVEL, TwoLevels
from core.train.loop import Trainer, say_batch
from core.train.shelf import Shelf
from core.train.targets import Target, build_counted, build_target, fit_coordinates, fitted_coefficients


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything a run trains on and with. trained: what the trainer moves, the network or one that holds it. counted:
    structures of which the electron count alone is learned."""

    records: list[Record]
    second_level: list[Record]
    train: list[Target]
    heldout: list[Target]
    coordinates: OutputCoordinates
    network: DensityNetwork | RandomlyTurned
    trained: DensityNetwork | RandomlyTurned | TwoLevels
    start: TrainedModel | None = None
    counted: list[Target] = field(default_factory=list)


def choose(records: list[Record], limit: int, seed: int) -> list[Record]:
    """`limit` records without replacement (all where it is 0); with one seed, larger limits contain smaller ones.

    Raises DataError where there are fewer.
    """
    if limit > len(records):
        raise DataError(f"{limit} training records are asked for, {len(records)} are there.", "Lower `limit`.")
    order = np.random.default_rng([seed, 77]).permutation(len(records))
    return [records[i] for i in (order[:limit] if limit else order).tolist()]


def prepare(config: TrainingConfig, folder: Path, *, progress: bool = True) -> Prepared:
    """Read, fit and transform; paths of `config` are relative to `folder`. Fits are kept in the data folder, loss
    matrices in a file there that ends with the run (6 MB for a structure of 16 atoms)."""
    basis = AuxiliaryBasis.load(config.basis)
    cache = settings().data_dir / "fits"
    cache.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(cache)
    records = load_dataset([folder / path for path in config.train])
    heldout = load_dataset([folder / path for path in config.heldout]) if config.heldout else []
    check_split(records, heldout)
    second = load_dataset([folder / path for path in config.second_level]) if config.second_level else []
    check_apart(second, heldout)
    named = {(record.molecule.content_hash, record.level) for record in [*records, *second]}
    records = choose(records, config.limit, config.seed)
    everything = [*records, *second, *heldout]
    bar = tqdm(everything, desc="fits", disable=not progress, unit="structure")
    coefficients = [fitted_coefficients(record, basis, cache) for record in bar]
    count = len(records)
    start = read_model(folder / config.start) if config.start else None
    coordinates = (
        start.coordinates
        if start
        else fit_coordinates([r.molecule for r in records], coefficients[:count], basis, config.loss)
    )
    unknown = {z for record in second for z in record.molecule.atomic_numbers.tolist()} - set(coordinates.elements)
    if unknown:
        raise DataError(
            f"Only the second level has {', '.join(map(symbol, sorted(unknown)))}.",
            "Add structures with it at the reference level.",
        )
    torch.manual_seed(config.seed)
    network = start.network.train() if start else build_network(config, tuple(sorted(coordinates.elements)), basis)
    cutoff = network.config.graph_cutoff_bohr
    alone = load_dataset([folder / path for path in config.counted]) if config.counted else []
    check_apart(alone, heldout)
    if config.loss.count and start and isinstance(network, DensityNetwork):
        coordinates = with_settled_counts(coordinates, network, [record.molecule for record in records])
    counted = [build_counted(record.molecule, coordinates, cutoff) for record in alone]
    pairs = tqdm(list(zip(everything, coefficients, strict=True)), desc="targets", disable=not progress)
    targets = [build_target(record, values, coordinates, config.loss, cutoff, shelf) for record, values in pairs]
    times = _times(config, folder)
    taken = [(record.molecule.content_hash, record.level) for record in [*records, *second]]
    if strangers := times.keys() - named:
        raise DataError(
            f"{len(strangers)} of the structures to be repeated are not trained on.",
            "Name their files under `train` or `second_level` too.",
        )
    # Records, the second level, and what is held out, in this order.
    held = targets[len(taken) :]
    repeated = [replace(target, times=times.get(key, 1)) for target, key in zip(targets, taken, strict=False)]
    beside = repeated[count:]
    beside = [replace(target, second_level=True, weight=config.second_level_weight) for target in beside]
    trained: DensityNetwork | RandomlyTurned | TwoLevels = network
    if second:
        if not isinstance(network, DensityNetwork):
            raise DataError("A plain network learns one level only.", "Leave `second_level` out.")
        trained = TwoLevels(network)
        if config.start:
            trained.go_on_from(folder / config.start)
    return Prepared(records, second, [*repeated[:count], *beside], held, coordinates, network, trained, start, counted)


def with_settled_counts(
    coordinates: OutputCoordinates, network: DensityNetwork, molecules: list[Molecule]
) -> OutputCoordinates:
    """`coordinates` in which the electron count that `network` says of `molecules` needs no projection in the mean:
    what is the same for all of them goes into the offsets."""
    elements = tuple(sorted(coordinates.elements))
    counted = [build_counted(molecule, coordinates, network.config.graph_cutoff_bohr) for molecule in molecules]
    network.eval()
    with torch.no_grad():
        steps = [
            float((target.charge_wanted - target.charge_row @ z) / (target.charge_row @ target.charge_row))
            for target in counted
            for z in say_batch(network, [target], elements)
        ]
    network.train()
    step = float(np.mean(steps))
    settled = {}
    for number, element in coordinates.elements.items():
        matrix = element.matrix()
        charges = function_charges(Molecule(np.array([number]), np.zeros((1, 3))), coordinates.basis)
        moved = step * matrix @ (charges @ matrix)
        settled[number] = replace(element, offset=element.offset + moved[: element.offset.size])
    return replace(coordinates, elements=settled)


def _times(config: TrainingConfig, folder: Path) -> dict[tuple[str, Level], int]:
    """Hash of a structure and level -> how often a pass takes it, for those that are repeated."""
    return {
        (record.molecule.content_hash, record.level): times
        for pattern, times in config.repeat.items()
        for record in load_dataset(folder / pattern)
    }


def build_network(
    config: TrainingConfig, elements: tuple[int, ...], basis: AuxiliaryBasis
) -> DensityNetwork | RandomlyTurned:
    """The network `config` asks for, with random weights. Raises DataError for an unknown kind."""
    options = config.network
    network_config = NetworkConfig(
        elements,
        l_max=options.l_max,
        channels=options.channels,
        layers=options.layers,
        cutoff_bohr=options.cutoff_bohr,
        far_cutoff_bohr=options.far_cutoff_bohr,
        far_l_max=options.far_l_max,
        far_channels=options.far_channels,
        field_dipoles=options.field_dipoles,
        field_charges=options.field_charges,
        radial_size=options.radial_size,
        far_radial_size=options.far_radial_size,
        radial_hidden=options.radial_hidden,
    )
    if options.kind == "equivariant":
        return DensityNetwork(network_config, basis)
    if options.kind == "plain":
        return RandomlyTurned(PlainNetwork(network_config, basis), basis)
    raise DataError(f"There is no network of kind {options.kind!r}.", "Choose `equivariant` or `plain`.")


def hardware() -> str:
    """Processor and threads, in words."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {torch.get_num_threads()} thread(s)"


def initial_card(config: TrainingConfig, prepared: Prepared, trainer: Trainer) -> dict:
    """What is known of a model as soon as it is trained; `core.train.evaluate` adds how well it does. Its domain holds
    that of the model it went on from."""
    domain = describe_domain(r.molecule for r in [*prepared.records, *prepared.second_level])
    before = prepared.start.card.get("domain") if prepared.start else None
    return {
        "name": config.name,
        "level": sorted({record.level.label for record in prepared.records}),
        "basis": config.basis,
        "parameters": sum(p.numel() for p in prepared.network.parameters()),
        "training": {
            "set": summarise(prepared.records),
            "second_level": summarise(prepared.second_level) if prepared.second_level else None,
            "seconds": round(trainer.seconds, 1),
            "hardware": hardware(),
            "config": config.to_json(),
            "before": prepared.start.card.get("training") if prepared.start else None,
        },
        "domain": joined_domain(domain, before) if before else domain,
    }


def train(
    config: TrainingConfig, folder: Path, out: Path, *, resume: bool = True, progress: bool = True
) -> TrainedModel:
    """Train into `out` (metrics.jsonl, checkpoint.pt, then the model files). Continues a run that was stopped. What it
    knows of a second level is beside them; a run on the reference alone leaves there what the one before knew.

    Raises DataError for data that cannot be used, or where `out` holds another run and `resume` is off.
    """
    prepared = prepare(config, folder, progress=progress)
    trainer = Trainer(prepared.trained, config, out, tuple(sorted(prepared.coordinates.elements)))
    if resume:
        trainer.resume()
    elif trainer.checkpoint.exists():
        raise DataError(f"{out} holds a run already.", "Choose another folder, or let it resume.")
    trainer.run(prepared.train, prepared.heldout, progress=progress, counted=prepared.counted)
    trainer.use_averaged()
    if not isinstance(prepared.network, DensityNetwork):
        raise DataError("A plain network is for comparison and cannot be shipped.", "Use `train --curve` for it.")
    model = TrainedModel(
        config.name, prepared.network.eval(), prepared.coordinates, initial_card(config, prepared, trainer)
    )
    save_model(out, model)
    known, kept = folder / config.start / SECOND_LEVEL, out / SECOND_LEVEL
    if isinstance(prepared.trained, TwoLevels):
        prepared.trained.save_differences(out)
    elif config.start and known.exists():
        if known.resolve() != kept.resolve():
            shutil.copyfile(known, kept)
    else:
        kept.unlink(missing_ok=True)
    return model
