"""The bench measures what it says: items and bars, the published network as published, memory of its own process."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from core.bench import harness
from core.bench.network import CLUSTER, rackers_input, rackers_network
from core.bench.scaling import exponent, large_water, liquid_water, peak_memory_gb
from core.chem.examples import example
from core.errors import UsageError


def test_items_are_chosen_by_name() -> None:
    assert [item.name for item in harness.chosen_items([])] == [
        item.name for item in harness.ITEMS if not item.asked_for
    ]
    assert [item.name for item in harness.chosen_items(["large"])] == ["large"]
    assert [item.name for item in harness.chosen_items(["scaling"])] == ["scaling"]
    with pytest.raises(UsageError, match="density_grid"):
        harness.chosen_items(["nothing"])


@pytest.mark.parametrize(("value", "at_most", "holds"), [(2.9, False, False), (3.0, False, True), (3.1, True, False)])
def test_bars(value: float, at_most: bool, holds: bool) -> None:
    assert harness.Bar("ratio", 3.0, at_most).holds({"ratio": value}) is holds


def test_the_rackers_network_is_the_published_one() -> None:
    network = rackers_network("eager")
    assert sum(weight.numel() for weight in network.parameters()) == 983_493
    molecule = example(CLUSTER)
    with torch.no_grad():
        output = network(rackers_input(molecule))
    # 12 s, 5 p, 4 d, 2 f and 1 g function on every atom.
    assert output.shape == (len(molecule), 12 + 5 * 3 + 4 * 5 + 2 * 7 + 9)
    assert torch.isfinite(output).all()


def test_liquid_water_is_whole_molecules_around_one_point() -> None:
    molecule = liquid_water(100)
    waters = molecule.positions_angstrom.reshape(-1, 3, 3)
    bonds = np.linalg.norm(waters[:, 1:] - waters[:, :1], axis=-1)
    assert molecule.symbols == ("O", "H", "H") * 100 and bonds.max() < 1.0
    radius = np.linalg.norm(waters[:, 0] - waters[:, 0].mean(axis=0), axis=1).max()
    # 100 molecules at the density of water, 0.0334 per cubic angstrom, fill a ball of 8.9 angstrom.
    assert 8.0 < radius < 11.0
    assert len(liquid_water(895)) == 2685


def test_copies_of_the_periodic_box_fit_together() -> None:
    """As dense as water out to the surface, and no two molecules closer than inside one box."""
    molecule = large_water(6667)
    oxygens, inside = molecule.positions_angstrom[::3], liquid_water(895).positions_angstrom[::3]
    assert len(molecule) == 20_001
    nearest, within = (cKDTree(points).query(points, k=2)[0][:, 1].min() for points in (oxygens, inside))
    assert nearest > within - 0.2
    for part in (1000, 6667):
        radius = np.sort(np.linalg.norm(oxygens - oxygens.mean(axis=0), axis=1))[part - 1]
        assert part / (4.0 / 3.0 * np.pi * radius**3) == pytest.approx(0.0334, rel=0.06)


def test_exponent_of_a_known_law() -> None:
    points = [{"atoms": n, "seconds": {"total": 1e-6 * n**1.1}} for n in (300, 600, 1200, 2685)]
    small = {"atoms": 99, "seconds": {"total": 5.0}}
    assert exponent([small, *points]) == pytest.approx(1.1)


def test_peak_memory_is_that_of_the_process_alone() -> None:
    """A child of a large parent must not inherit the parent's peak."""
    ballast = np.ones(150_000_000)
    code = "from core.bench.scaling import peak_memory_gb; import numpy as np; a = peak_memory_gb(); "
    code += "b = np.ones(50_000_000); print(a, peak_memory_gb())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    before, after = map(float, done.stdout.split())
    assert peak_memory_gb() > ballast.nbytes / 1e9
    assert before < 0.8 and 0.3 < after - before < 0.6
