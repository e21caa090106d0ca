"""`compare FILE`: a prediction held against a DFT calculation of the same structure."""

import argparse
import time
from pathlib import Path

from core.cli.calculation import stored_or_calculated
from core.cli.output import progress, report
from core.cli.preparing import require_file

MEANING = {
    "eps_ks": "% of the electrons, integral of |rho - rho_DFT|: twice what is misplaced",
    "eps_floor": "%, the same of the fit in the same basis",
    "eps_sad": "%, the same of free atoms",
    "force_mae_mev_per_angstrom": "meV/angstrom, mean force component error",
    "force_max_mev_per_angstrom": "meV/angstrom, largest",
    "dipole_error_md": "millidebye",
    "equivariance_residual": "relative change when the structure is turned",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="PDB, mmCIF, XYZ or SDF")
    parser.add_argument("--model", help="a shipped model, or a folder (default: the one that fits the structure)")
    parser.add_argument("--charge", type=int, help="total charge, in e (default: what the file states, or 0)")


def run(args: argparse.Namespace) -> int:
    from core.chem.read import read_structure

    require_file(args.file)
    molecule = read_structure(args.file, charge=args.charge)

    from core.model.choose import model_for
    from core.model.predict import predict
    from core.model.trust import assess
    from core.settings import settings
    from core.train.metrics import compare_with_reference

    model = model_for(molecule, args.model)
    started = time.perf_counter()
    prediction = predict(molecule, model, device=settings().torch_device)
    predict_seconds = time.perf_counter() - started
    for reason in assess(prediction, model).reasons():
        progress(f"Outside the model's domain: {reason}")
    record, dft_seconds = stored_or_calculated(molecule)
    comparison = compare_with_reference(prediction, record, model=model)
    figures = {key: getattr(comparison, key) for key in MEANING}
    lines = [f"{molecule.title}: model {prediction.model_name} against {record.level.label}"]
    lines += [f"  {key:<28} {value:12.4g}  {MEANING[key]}" for key, value in figures.items()]
    lines += [f"  prediction {predict_seconds:.2f} s, DFT {dft_seconds:.1f} s"]
    payload = figures | {"seconds": {"predict": predict_seconds, "dft": dft_seconds}}
    report(payload, lines, as_json=args.json)
    return 0
