"""The commands as a person types them: the keys of their JSON, what they write, their exit codes."""

import csv
import subprocess
from pathlib import Path

import numpy as np
import pytest

from core.chem.examples import example, example_path
from core.density.files import load_density
from core.density.moments import electrons
from core.forces.hellmann_feynman import hellmann_feynman_forces
from core.gaussian.evaluate import density_at_points
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

WATER = example_path("water-1")
PREDICT_KEYS = {"atoms", "charge", "electrons", "model", "forces_mev_per_angstrom", "seconds", "trust",
                "net_force_taken_off_mev_per_angstrom"}  # fmt: skip
REFERENCE_KEYS = {"energy_hartree", "forces_mev_per_angstrom", "seconds"}
COMPARE_KEYS = {"eps_ks", "eps_floor", "eps_sad", "force_mae_mev_per_angstrom", "force_max_mev_per_angstrom",
                "dipole_error_md", "equivariance_residual", "seconds"}  # fmt: skip


def read_csv(path: Path) -> tuple[list[str], np.ndarray]:
    """Elements, and positions and forces (n_atoms, 6)."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [f"{axis}_angstrom" for axis in "xyz"] + [f"f{axis}_mev_per_angstrom" for axis in "xyz"]
    assert [int(row["atom"]) for row in rows] == list(range(1, len(rows) + 1))
    return [row["element"] for row in rows], np.array([[float(row[key]) for key in columns] for row in rows])


@pytest.fixture(scope="module")
def predicted(rhoscope, untrained_model, tmp_path_factory) -> tuple[subprocess.CompletedProcess, Path]:
    folder = tmp_path_factory.mktemp("out") / "new" / "folder"
    path = example_path("water-2")
    return rhoscope("predict", path, "--model", untrained_model, "--out", folder, "--json"), folder


def test_predict(predicted, parsed) -> None:
    done, folder = predicted
    assert done.returncode == 0, done.stderr
    result = parsed(done)
    assert set(result) == PREDICT_KEYS
    assert set(result["seconds"]) == {"read", "coefficients", "forces"}
    assert all(value > 0 for value in result["seconds"].values())
    assert (result["atoms"], result["charge"], result["model"]) == (6, 0, "untrained")
    assert result["electrons"] == pytest.approx(20, abs=1e-5)
    forces = np.array(result["forces_mev_per_angstrom"])
    assert forces.shape == (6, 3)
    assert result["trust"]["inside_domain"] is False
    assert "do not trust" in result["trust"]["reasons"][0]
    assert result["trust"]["expected_force_error_mev_per_angstrom"] is None
    assert result["trust"]["atoms"]["expected_force_error_mev_per_angstrom"] == [None] * 6
    np.testing.assert_allclose(forces.sum(axis=0), 0.0, atol=1e-6 * np.abs(forces).max())
    assert np.linalg.norm(result["net_force_taken_off_mev_per_angstrom"]) > 1.0
    # Of a model that nothing is known of.
    assert result["trust"]["net_force_of_independent_errors_mev_per_angstrom"] is None
    assert result["trust"]["errors_share_a_direction"] is None
    assert sorted(file.name for file in folder.iterdir()) == [
        "density.ccp4",
        "density.cube",
        "density.safetensors",
        "forces.csv",
    ]


def test_forces_table_that_predict_writes(predicted, parsed) -> None:
    done, folder = predicted
    elements, table = read_csv(folder / "forces.csv")
    assert elements == list(example("water-2").symbols)
    np.testing.assert_allclose(table[:, :3], example("water-2").positions_angstrom, atol=1e-6)
    np.testing.assert_allclose(table[:, 3:], parsed(done)["forces_mev_per_angstrom"], atol=1e-4)
    with (folder / "forces.csv").open(newline="") as file:
        judged = [(row["expected_error_mev_per_angstrom"], row["outside"]) for row in csv.DictReader(file)]
    assert judged == [("", "domain")] * 6, "nothing is known of this model"


def test_density_that_predict_writes(predicted, parsed) -> None:
    done, folder = predicted
    density = load_density(folder / "density.safetensors")
    assert electrons(density) == pytest.approx(20, abs=1e-5)
    forces = hellmann_feynman_forces(density, exact=True) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    np.testing.assert_allclose(forces, parsed(done)["forces_mev_per_angstrom"], atol=0.5)


def test_cube_that_predict_writes(predicted) -> None:
    """Values at the grid points are those of the density in the file beside it."""
    _, folder = predicted
    lines = (folder / "density.cube").read_text().splitlines()
    atoms, *origin = [float(word) for word in lines[2].split()[:4]]
    axes = np.array([line.split() for line in lines[3:6]], dtype=float)
    values = np.array(" ".join(lines[6 + int(atoms) :]).split(), dtype=float).reshape(axes[:, 0].astype(int))
    # One more than 96, for a grid whose lattice has the origin of the coordinates.
    assert atoms == 6 and max(values.shape) == 97
    chosen = np.random.default_rng(0).integers(0, values.shape, size=(200, 3))
    points = np.array(origin) + chosen @ axes[:, 1:]
    expected = density_at_points(load_density(folder / "density.safetensors"), points)
    np.testing.assert_allclose(values[tuple(chosen.T)], expected, rtol=2e-4, atol=2e-5)


def test_charge_from_the_command_line_and_files_written_over(rhoscope, untrained_model, tmp_path) -> None:
    path = tmp_path / "hydroxide.xyz"
    path.write_text("2\nminus\nO 0 0 0\nH 0.97 0 0\n")
    (tmp_path / "forces.csv").write_text("old")
    done = rhoscope("predict", path, "--charge", "-1", "--model", untrained_model, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "do not trust its numbers" in done.stderr
    assert "minus: 2 atoms, charge -1, 10.000000 electrons, model untrained" in done.stdout
    assert "Wrote" in done.stdout and (tmp_path / "forces.csv").read_text().startswith("atom,element,")


def test_charges_that_predict_writes_are_named_as_in_the_file(rhoscope, untrained_model, tmp_path) -> None:
    from pdb2pqr.io import read_pqr

    atoms = [("O", 0.117, 0.0), ("H1", -0.469, 0.757), ("H2", -0.469, -0.757)]
    lines = [
        f"HETATM{k:>5}  {name:<3} HOH A  12    {0:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00          {name[0]:>2}\n"
        for k, (name, z, y) in enumerate(atoms, 1)
    ]
    path, target = tmp_path / "water.pdb", tmp_path / "water.pqr"
    path.write_text("".join(lines) + "END\n")
    done = rhoscope("predict", path, "--model", untrained_model, "--pqr", target, "--radii", "mbondi2")
    assert done.returncode == 0, done.stderr
    assert f"Wrote {target}" in done.stdout
    with target.open() as file:
        read = read_pqr(file)
    assert [(atom.res_name, atom.chain_id, atom.res_seq, atom.name) for atom in read] == [
        ("HOH", "A", 12, name) for name, _, _ in atoms
    ]
    assert sum(atom.charge for atom in read) == pytest.approx(0.0, abs=1e-9)
    assert [atom.radius for atom in read] == [1.5, 1.2, 1.2]


def test_reference_and_compare_share_one_calculation(rhoscope, parsed, untrained_model, tmp_path) -> None:
    done = rhoscope("reference", WATER, "--out", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    result = parsed(done)
    assert set(result) == REFERENCE_KEYS
    # PBE0 near the basis limit: a water molecule has -76.38 hartree.
    assert result["energy_hartree"] == pytest.approx(-76.3807, abs=2e-4)
    forces = np.array(result["forces_mev_per_angstrom"])
    assert np.abs(forces.sum(axis=0)).max() < 5.0
    assert result["seconds"] > 0 and "SCF cycle" in done.stderr
    np.testing.assert_allclose(read_csv(tmp_path / "forces.csv")[1][:, 3:], forces, atol=1e-4)

    from core.reference.record import read_records

    [record] = read_records(tmp_path / "record.h5")
    assert record.energy_hartree == result["energy_hartree"]

    done = rhoscope("compare", WATER, "--model", untrained_model, "--json")
    assert done.returncode == 0, done.stderr
    assert "SCF cycle" not in done.stderr
    comparison = parsed(done)
    assert set(comparison) == COMPARE_KEYS
    assert set(comparison["seconds"]) == {"predict", "dft"}
    assert comparison["seconds"]["dft"] == pytest.approx(result["seconds"])
    assert 0 < comparison["eps_floor"] < comparison["eps_sad"]
    assert 10 < comparison["eps_sad"] < 15
    assert comparison["eps_ks"] > comparison["eps_floor"]
    assert 0 < comparison["force_mae_mev_per_angstrom"] <= comparison["force_max_mev_per_angstrom"]
    assert comparison["equivariance_residual"] < 1e-5


def test_reference_from_the_prediction_says_what_that_alone_gives(rhoscope, parsed, tmp_path) -> None:
    done = rhoscope("reference", WATER, "--from-prediction", "--json", RHOSCOPE_DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    result = parsed(done)
    assert 0.0 < result["one_shot"]["energy_hartree"] - result["energy_hartree"] < 0.005
    assert result["one_shot"]["homo_hartree"] == pytest.approx(result["homo_hartree"], abs=0.02)
    assert result["homo_hartree"] < -0.3 < 0.0 < result["lumo_hartree"] < 0.1
    assert 0 < result["coarse_cycles"] < result["default_coarse_cycles"] < result["scf_cycles"]


@pytest.mark.parametrize("command", ["predict", "reference", "compare"])
def test_bad_files_give_a_sentence_and_exit_code_2(command: str, rhoscope, parsed, tmp_path) -> None:
    path = tmp_path / "odd.xyz"
    path.write_text("2\n<b>radical</b>\nO 0 0 0\nH 0.97 0 0\n")
    done = rhoscope(command, path, "--json")
    assert done.returncode == 2
    error = parsed(done)
    assert set(error) == {"error", "remedy"} and "odd number" in error["error"] and "charge" in error["remedy"]
    for_a_person = rhoscope(command, path)
    assert for_a_person.returncode == 2 and not for_a_person.stdout
    assert for_a_person.stderr.startswith("Error: ") and "Traceback" not in for_a_person.stderr


def test_a_setting_that_makes_no_sense(rhoscope, parsed) -> None:
    done = rhoscope("predict", WATER, "--json", RHOSCOPE_MAX_ATOMS="many")
    assert done.returncode == 2 and "RHOSCOPE_MAX_ATOMS" in parsed(done)["error"]


def test_a_setting_is_obeyed(rhoscope, parsed) -> None:
    done = rhoscope("predict", WATER, "--json", RHOSCOPE_MAX_ATOMS="2")
    assert done.returncode == 2 and "3 atoms are more than the 2" in parsed(done)["error"]
