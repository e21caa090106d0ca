"""`basis build`: the auxiliary basis JSON. `basis ions`: that of the free ions. `basis floors`: what it can represent.
`basis ladder`: the force ladder."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.output import report

if TYPE_CHECKING:
    from core.gaussian.basis import AuxiliaryBasis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    build = actions.add_parser("build", help="make assets/basis/NAME.json: free atoms and exponents")
    build.add_argument("--name", default="rho-1")
    build.add_argument("--out", type=Path, default=None, metavar="FILE", help="default: print to stdout")
    ions = actions.add_parser("ions", help="make assets/basis/free-ions.json: the density of each monoatomic ion")
    ions.add_argument("--out", type=Path, default=None, metavar="FILE", help="default: print to stdout")
    floors = actions.add_parser("floors", help="density error of the force-exact fit on molecules of every element")
    floors.add_argument("--write", action="store_true", help="write assets/basis/NAME.floors.json")
    ladder = actions.add_parser("ladder", help="force error from ordinary orbitals to the force-exact fit, one water")
    ladder.add_argument("--smiles", default="O", help="a small molecule (default: water)")
    for action in (build, ions, floors, ladder):
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="JSON on stdout only")


def run(args: argparse.Namespace) -> int:
    return {"build": _build, "ions": _ions, "floors": _floors, "ladder": _ladder}[args.action](args)


def _build(args: argparse.Namespace) -> int:
    from core.reference.free_atom import build_basis, free_atom_errors_percent

    basis = build_basis(args.name)
    return _written(args, basis, "free atom", free_atom_errors_percent(basis))


def _ions(args: argparse.Namespace) -> int:
    from core.reference.free_ion import build_free_ions, free_ion_errors_percent

    ions = build_free_ions()
    return _written(args, ions, "free ion", free_ion_errors_percent(ions))


def _written(args: argparse.Namespace, basis: "AuxiliaryBasis", what: str, errors: dict[str, float]) -> int:
    """errors: of what is never learned, by element, in percent of its electrons."""
    if args.out:
        args.out.write_text(json.dumps(basis.to_json(), indent=1) + "\n")
    payload = {
        "basis": basis.name, f"{what.replace(' ', '_')}_error_percent": errors, "file": args.out and str(args.out)
    }  # fmt: skip
    lines = [f"{element}: {what} within {error:.3f} %" for element, error in errors.items()]
    report(payload if args.out else basis.to_json(), lines, as_json=args.json)
    return 0


def _floors(args: argparse.Namespace) -> int:
    from core.chem.molecule import Molecule
    from core.gaussian.basis import ASSETS, AuxiliaryBasis
    from core.jobs.store import ResultStore
    from core.reference.calculation import calculate
    from core.reference.floors import floors
    from core.reference.record import Record

    store = ResultStore()

    def calculation(molecule: Molecule) -> Record:
        record = store.get(molecule)
        if record is None:
            record = calculate(molecule)
            store.put(record)
        return record

    basis = AuxiliaryBasis.load()
    found = [floor.to_json() for floor in floors(basis, calculation)]
    if args.write:
        (ASSETS / "basis" / f"{basis.name}.floors.json").write_text(json.dumps(found, indent=1) + "\n")
    lines = [
        f"{f['name']:<24} {f['elements']:<6} floor {f['eps_floor']:.3f} % (without force constraint "
        f"{f['eps_unconstrained']:.3f}, free atoms {f['eps_sad']:.1f})  force {f['force_error_mev_per_angstrom']:.1e} "
        f"meV/A  electrons {f['electron_error']:.0e}"
        for f in found
    ]
    report({"basis": basis.name, "floors": found}, lines, as_json=args.json)
    return 0


def _ladder(args: argparse.Namespace) -> int:
    from core.chem.read import from_smiles
    from core.gaussian.basis import AuxiliaryBasis
    from core.reference.ladder import Rung, ladder

    def line(rung: Rung) -> str:
        eps = "  -   " if rung.eps_ks_percent is None else f"{rung.eps_ks_percent:6.3f}"
        return (
            f"{rung.density:<56} eps_KS {eps} %  force MAE {rung.force_mae_mev_per_angstrom:10.3f} meV/A  "
            f"max {rung.force_max_mev_per_angstrom:10.3f}"
        )

    rungs = ladder(from_smiles(args.smiles), AuxiliaryBasis.load())
    report({"smiles": args.smiles, "rungs": [r.to_json() for r in rungs]}, map(line, rungs), as_json=args.json)
    return 0
