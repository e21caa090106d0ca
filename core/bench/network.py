"""Network against network on 30 waters: ours beside the one of Rackers et al. (2023), forward pass in float32.

Theirs is `e3nn.nn.models.gate_points_2101.Network` as e3nn ships it, with the hyper-parameters of their published
training script (github.com/JoshRackers/equivariant_electron_density, training/train_density.py). Weights are random
there: its time does not depend on them. It is run compiled with TorchScript, e3nn's mode of that time, and eagerly,
e3nn's mode of today; the faster counts.
"""

from functools import partial
from typing import Any

import e3nn
import torch
from e3nn import o3
from e3nn.nn.models.gate_points_2101 import Network as RackersNetwork

from core.bench.timing import best_of
from core.chem.examples import example
from core.chem.molecule import Molecule
from core.model.graph import build_graph
from core.model.predict import load_model

CLUSTER = "water-30"
RACKERS_CUTOFF_ANGSTROM = 3.5
RACKERS_ARGUMENTS: dict[str, Any] = {
    "irreps_in": "2x0e",
    "irreps_hidden": [(count, (l, p)) for l, count in enumerate((125, 40, 25, 15)) for p in (-1, 1)],
    "irreps_out": "12x0e + 5x1o + 4x2e + 2x3o + 1x4e",
    "irreps_node_attr": None,
    "irreps_edge_attr": o3.Irreps.spherical_harmonics(3),
    "layers": 3,
    "max_radius": RACKERS_CUTOFF_ANGSTROM,
    "number_of_basis": 10,
    "radial_layers": 1,
    "radial_neurons": 128,
    "num_neighbors": 12.2298,
    "num_nodes": 24,
    "reduce_output": False,
}


def rackers_network(jit_mode: str) -> RackersNetwork:
    """The published architecture, random weights, built under one of e3nn's modes ("script" or "eager")."""
    before = e3nn.get_optimization_defaults()["jit_mode"]
    e3nn.set_optimization_defaults(jit_mode=jit_mode)
    try:
        return RackersNetwork(**RACKERS_ARGUMENTS).eval()
    finally:
        e3nn.set_optimization_defaults(jit_mode=before)


def rackers_input(molecule: Molecule) -> dict[str, torch.Tensor]:
    """Positions in angstrom and the one-hot element (H, O), as their training script feeds them."""
    numbers = torch.from_numpy(molecule.atomic_numbers.copy())
    return {
        "pos": torch.from_numpy(molecule.positions_angstrom.copy()).float(),
        "x": torch.stack([numbers == 1, numbers == 8], dim=1).float(),
    }


def run(quick: bool) -> dict[str, Any]:
    """ratio: their time over ours. Our time includes the neighbour list, as theirs does."""
    molecule = example(CLUSTER)
    repeats = 3 if quick else 40
    model = load_model("water")
    cutoff_bohr = model.network.config.graph_cutoff_bohr
    theirs_input = rackers_input(molecule)
    peers, parameters = {}, 0
    with torch.no_grad():
        graph = build_graph(molecule, cutoff_bohr)
        model.network(graph)
        ours, _ = best_of(repeats, lambda: model.network(build_graph(molecule, cutoff_bohr)))
        for mode in ("script", "eager"):
            network = rackers_network(mode)
            parameters = sum(weight.numel() for weight in network.parameters())
            for _ in range(3 if mode == "script" else 1):
                network(theirs_input)
            peers[mode], _ = best_of(repeats if mode == "script" else 2, partial(network, theirs_input))
    peer = min(peers.values())
    own_parameters = sum(weight.numel() for weight in model.network.parameters())
    functions = model.basis.n_functions(molecule.atomic_numbers)
    return {
        "name": "network",
        "ours_seconds": ours,
        "peer_seconds": peer,
        "ratio": peer / ours,
        "error": None,
        "peer_seconds_by_mode": peers,
        "note": (
            f"ours: model {model.name}, {own_parameters} parameters, reach {cutoff_bohr:g} bohr, {functions} "
            f"coefficients; theirs: gate_points_2101, {parameters} parameters, reach {RACKERS_CUTOFF_ANGSTROM} "
            f"angstrom, {70 * len(molecule)} outputs, random weights; forward pass, float32, neighbour list included"
        ),
    }
