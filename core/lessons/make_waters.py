"""Make assets/lessons/one-water-*.h5 anew: single waters, to train on from the head start, held out from all others."""

from core.data.dataset import load_dataset
from core.gaussian.basis import ASSETS
from core.reference.record import write_records

WATER_ATOMS = 3


def main() -> None:
    for name, sources in (("train", ["headstart"]), ("heldout", ["train", "heldout", "fresh"])):
        records = load_dataset([ASSETS / "datasets" / "water" / f"{source}-*.h5" for source in sources])
        path = ASSETS / "lessons" / f"one-water-{name}.h5"
        path.unlink(missing_ok=True)
        write_records(path, [record for record in records if len(record.molecule) == WATER_ATOMS])


if __name__ == "__main__":
    main()
