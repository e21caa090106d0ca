"""What the auxiliary basis can represent at best, on real molecules holding every element it knows."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from core.chem.molecule import Molecule
from core.chem.read import from_smiles
from core.density.density import Density
from core.forces.hellmann_feynman import force_matrix, free_atom_forces
from core.gaussian.basis import AuxiliaryBasis
from core.reference.auxiliary import function_charges
from core.reference.fit import FitOptions, fit
from core.reference.quadrature import ReferenceGrid
from core.reference.record import Record
from core.units import HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM

# Name, SMILES: together they hold H, C, N, O, P and S.
MOLECULES = (
    ("water", "O"),
    ("ammonia", "N"),
    ("methane", "C"),
    ("formamide", "NC=O"),
    ("methanethiol", "CS"),
    ("dimethyl phosphate (-1)", "COP(=O)([O-])OC"),
)


@dataclass(frozen=True)
class Floor:
    """Errors of the force-exact fit of one molecule; eps in percent, `unconstrained` without the force constraint.
    force_error: largest component against the analytic DFT force."""

    name: str
    elements: str
    atoms: int
    eps_floor: float
    eps_unconstrained: float
    eps_sad: float
    force_error_mev_per_angstrom: float
    electron_error: float

    def to_json(self) -> dict:
        return asdict(self)


def floor_of(name: str, record: Record, basis: AuxiliaryBasis) -> Floor:
    """The floor of one calculation."""
    molecule = record.molecule
    fitted = fit(record, basis)
    grid = ReferenceGrid.of(record)
    forces = free_atom_forces(molecule, basis).reshape(-1) + force_matrix(molecule, basis) @ fitted.coefficients
    error = abs(forces - record.forces_hartree_per_bohr.reshape(-1)).max() * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM
    electrons = molecule.atomic_numbers.sum() + function_charges(molecule, basis) @ fitted.coefficients
    return Floor(
        name,
        "".join(sorted(set(molecule.symbols))),
        len(molecule),
        grid.error_percent(fitted),
        grid.error_percent(fit(record, basis, FitOptions(constrain_forces=False))),
        grid.error_percent(Density.free_atoms(molecule, basis)),
        float(error),
        float(abs(electrons - molecule.electrons)),
    )


def floors(basis: AuxiliaryBasis, calculation: Callable[[Molecule], Record]) -> list[Floor]:
    """Floors of MOLECULES. `calculation` gives the record of a molecule (from a store, or by `calculate`)."""
    return [floor_of(name, calculation(from_smiles(smiles)), basis) for name, smiles in MOLECULES]
