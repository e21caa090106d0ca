"""`train CONFIG`: train a model from a YAML file into a folder. `--curve`: error against amount of data."""

import argparse
from pathlib import Path

from core.cli.output import report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", type=Path, metavar="CONFIG", help="YAML file such as assets/models/water/config.yaml")
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="folder of the run (default runs/NAME)")
    parser.add_argument(
        "--fresh", action="store_true", help="refuse a folder that holds a run, in place of resuming it"
    )
    parser.add_argument(
        "--curve",
        metavar="N,...,all",
        help="learning curve in place of one run: numbers of training structures, e.g. 25,50,100,200,all",
    )
    parser.add_argument(
        "--kinds",
        default="equivariant,scalar,plain",
        metavar="KIND,...",
        help="networks of the curve, of equivariant, scalar, l1, l2 and plain",
    )
    parser.add_argument("--card-of", metavar="MODEL", help="put the curve into the card of this model")
    parser.add_argument("--steps", type=int, default=None, help="optimiser steps, in place of the configuration's")


def run(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from core.train.config import TrainingConfig

    config = TrainingConfig.load(args.config)
    if args.steps:
        config = replace(config, steps=args.steps)
    folder = args.config.resolve().parent
    out = args.out or Path("runs") / config.name
    if args.curve:
        from core.train.curve import learning_curve

        payload = learning_curve(
            config, folder, out, args.curve.split(","), args.kinds.split(","), progress=not args.json
        )
        if args.card_of:
            from core.train.card import update_card

            update_card(args.card_of, "learning_curve", payload)
        lines = [
            f"{run['kind']:<12} {run['structures']:>5} structures  eps_KS {run['eps_ks']:.3f} %  "
            f"force {run['heldout_force_mae_mev_per_angstrom']:.1f} meV/A"
            for run in payload["runs"]
        ]
        report(payload, [*lines, f"Written to {out / 'curve.json'}."], as_json=args.json)
        return 0
    from core.train.run import train

    model = train(config, folder, out, resume=not args.fresh, progress=not args.json)
    seconds = model.card["training"]["seconds"]
    report(
        {"model": model.name, "folder": str(out), "seconds": seconds, "parameters": model.card["parameters"]},
        [f"Model {model.name} is in {out} ({model.card['parameters']} parameters, {seconds:.0f} s)."],
        as_json=args.json,
    )
    return 0
