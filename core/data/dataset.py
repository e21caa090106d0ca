"""Records for training and testing, from files or folders.

Split rule. A seed of a sampler (core.data.water, core.data.fragments) is a stream of its own: every trajectory, box,
packing and assembly in it starts from that seed. In assets/datasets, seed 1 trains and seed 2 is held out; of water,
seed 4 and the imported head start train too. Nothing from one trajectory is ever on both sides. `check_split` enforces
it.
"""

import glob
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core.data.shards import identity_of
from core.errors import DataError
from core.reference.record import Record, read_records


def record_files(paths: Iterable[Path | str]) -> list[Path]:
    """The HDF5 files among `paths`, in order, each once.

    A folder stands for the *.h5 in it and in its folder `pieces`; `*` and `?` in a name are patterns
    (`assets/datasets/water/train-*.h5`). Raises DataError for what is not there and for a folder without records.
    """
    found: list[Path] = []
    for path in _without_patterns(paths):
        if path.is_dir():
            inside = [*sorted(path.glob("*.h5")), *sorted(path.glob("pieces/*.h5"))]
            if not inside:
                raise DataError(
                    f"There are no records in {path}.",
                    "Make some with `python -m core generate water` or `generate fragments`.",
                )
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise DataError(f"{path} is not there.", "Check the path, or make data with `python -m core generate`.")
    return list(dict.fromkeys(found))


def _without_patterns(paths: Iterable[Path | str]) -> Iterator[Path]:
    for text in map(str, paths):
        matches = sorted(glob.glob(text)) if glob.has_magic(text) and not Path(text).exists() else []
        yield from map(Path, matches or [text])


def load_dataset(paths: Iterable[Path | str] | Path | str) -> list[Record]:
    """All records of the files and folders, in order, each structure once (by content hash)."""
    paths = [paths] if isinstance(paths, Path | str) else paths
    seen: dict[str, Record] = {}
    for path in record_files(paths):
        for record in read_records(path):
            seen.setdefault(record.molecule.content_hash, record)
    return list(seen.values())


def trajectory_of(record: Record) -> str:
    """What must not be on both sides of a split: sampler and seed, or the file a record was imported from.

    Streams of one seed with different sizes start from the same random numbers, so sizes do not tell them apart.
    """
    parts = identity_of(record).split("/")
    return f"{parts[0]}, seed {parts[2]}" if len(parts) == 5 else _source(record)


def _source(record: Record) -> str:
    return str(record.provenance.get("imported_from", identity_of(record)))


def check_split(training: Sequence[Record], held_out: Sequence[Record]) -> None:
    """Raises DataError where a structure or a stream of the sampler is on both sides, or an element held out alone, or
    where the records are not all of one functional and orbital basis."""
    levels = sorted({record.level.label for record in [*training, *held_out]})
    if len(levels) > 1:
        raise DataError(
            f"The records are of different levels of theory: {', '.join(levels)}.",
            "Train on one level; name the others under `second_level`.",
        )
    check_apart(training, held_out)
    never_seen = {s for record in held_out for s in record.molecule.symbols}
    never_seen -= {s for record in training for s in record.molecule.symbols}
    if never_seen:
        raise DataError(
            f"{', '.join(sorted(never_seen))} is held out, but no training structure has it.",
            "Train on structures with it, or hold out others.",
        )


def check_apart(training: Sequence[Record], held_out: Sequence[Record]) -> None:
    """Raises DataError where a structure or a stream of the sampler is on both sides, whatever the level."""
    structures = {record.molecule.content_hash for record in training}
    shared = [record.name for record in held_out if record.molecule.content_hash in structures]
    if shared:
        raise DataError(f"{len(shared)} structures are on both sides of the split, {shared[0]} first.", _REMEDY)
    streams = {trajectory_of(record) for record in training} & {trajectory_of(record) for record in held_out}
    if streams:
        raise DataError(f"The stream {sorted(streams)[0]} is on both sides of the split.", _REMEDY)


_REMEDY = "Hold out a seed of its own: `python -m core generate water --seed 2`, or `generate fragments --seed 2`."


def summarise(records: Sequence[Record]) -> dict:
    """Counts by formula, origin and level, most frequent first; formulas in Hill's order.

    core_hours: of the calculations that say how long they took, by the clock; timed: how many those are.
    """
    spent = [r.provenance["seconds"] * (r.provenance.get("threads") or 1) for r in records if "seconds" in r.provenance]
    formulas = Counter("".join(f"{s}{n}" for s, n in r.molecule.element_counts.items()) for r in records)
    return {
        "records": len(records),
        "atoms": sum(len(record.molecule) for record in records),
        "core_hours": round(sum(spent) / 3600.0, 2),
        "timed": len(spent),
        "formulas": dict(formulas.most_common()),
        "origins": dict(Counter(record.origin for record in records).most_common()),
        "levels": dict(Counter(_level_label(record) for record in records).most_common()),
    }


def _level_label(record: Record) -> str:
    level = record.level
    return f"{level.label}, {level.density_fitting_basis}, grid {level.xc_grid_level}, {level.conv_tol:g}"
