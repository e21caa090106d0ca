"""Results with orbitals: the density that is read from a file is PySCF's own, whatever the format and the basis."""

import numpy as np
import pytest
from pyscf import gto
from pyscf.tools import molden

from core.reference.foreign import ForeignResult, GaussianOrbitals, read
from core.reference.foreign.density import orbital_density
from core.reference.foreign.molden_ways import _WAYS
from core.reference.foreign.result import Shell
from core.reference.foreign.shells import checked, gaussian_order, mole, pyscf_order, with_pyscf_norms
from core.reference.orbital_density import OrbitalDensity
from core.reference.quadrature import ReferenceGrid
from tests.reference.foreign.files import (
    FORMAMIDE,
    WATER,
    WITH_G,
    calculation,
    checkpoint_file,
    density_at,
    density_matrix,
    fchk_file,
    molden_file,
    some_points,
)

# Segmented and generally contracted, with d and f functions, spherical and Cartesian.
BASES = [
    (WATER, "def2-tzvp", False), (WATER, "cc-pvtz", False), (WATER, "cc-pvtz", True), (WATER, WITH_G, False),
    (FORMAMIDE, "cc-pvdz", False), (FORMAMIDE, "6-31g*", True), (FORMAMIDE, "pcseg-1", False),
]  # fmt: skip
WRITERS = {"chk": checkpoint_file, "molden": molden_file, "fchk": fchk_file}


def density_of(result: ForeignResult) -> OrbitalDensity:
    assert isinstance(result.density, GaussianOrbitals)
    return orbital_density(result, result.density)


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize(("atoms", "basis", "cart"), BASES)
def test_the_density_is_that_of_pyscf(suffix: str, atoms: str, basis: str, cart: bool) -> None:
    method = calculation(atoms, basis, cart)
    found = read(WRITERS[suffix](method), f"result.{suffix}")
    orbitals, points = density_of(found), some_points(method.mol)
    assert orbitals.at_points(points) == pytest.approx(density_at(method, points), rel=1e-8, abs=1e-13)
    assert orbitals.molecule.positions_bohr == pytest.approx(method.mol.atom_coords(), abs=1e-10)
    assert orbitals.molecule.charge == 0 and orbitals.molecule.electrons == method.mol.nelectron
    assert orbitals.dipole_e_bohr() == pytest.approx(method.dip_moment(unit="AU", verbose=0), abs=1e-7)


def test_the_potential_is_that_of_integrals_one_by_one() -> None:
    method = calculation(WATER, "cc-pvtz", True)
    found = density_of(read(molden_file(method), "x.molden"))
    points = np.random.default_rng(1).uniform(3.0, 5.0, (4, 3))
    mol, expected = method.mol, []
    for point in points:
        with mol.with_rinv_origin(point):
            electrons = np.einsum("pq,pq->", mol.intor("int1e_rinv"), density_matrix(method))
        expected.append((mol.atom_charges() / np.linalg.norm(mol.atom_coords() - point, axis=1)).sum() - electrons)
    assert found.potential_at_points(points) == pytest.approx(expected, abs=1e-9)


def test_a_becke_grid_of_a_file_counts_its_electrons() -> None:
    grid = ReferenceGrid.of(density_of(read(molden_file(calculation(WATER, "6-31g*", True)), "x.molden")))
    assert grid.weights @ grid.density == pytest.approx(10.0, abs=1e-4)


def test_a_formatted_checkpoint_with_the_digits_of_gaussian() -> None:
    """Nine digits of each number; what is lost is theirs."""
    method = calculation(FORMAMIDE, "cc-pvdz")
    found, points = density_of(read(fchk_file(method, digits=8), "x.fchk")), some_points(method.mol)
    assert found.at_points(points) == pytest.approx(density_at(method, points), rel=1e-6, abs=1e-9)


def test_shells_of_s_and_p_together() -> None:
    method = calculation(FORMAMIDE, "6-31g")
    content = fchk_file(method, join_sp=True)
    assert b"P(S=P)" in content
    points = some_points(method.mol)
    assert density_of(read(content, "x.fchk")).at_points(points) == pytest.approx(
        density_at(method, points), rel=1e-8, abs=1e-13
    )


def test_without_a_density_matrix_the_orbitals_are_taken() -> None:
    method = calculation(WATER, "cc-pvdz")
    found, points = read(fchk_file(method, matrix=False), "x.fchk"), some_points(method.mol)
    assert density_of(found).at_points(points) == pytest.approx(density_at(method, points), rel=1e-8, abs=1e-13)
    assert "orbitals are used" in found.notes[0]


def test_spherical_d_beside_cartesian_f_is_written_in_cartesian_functions() -> None:
    """Gaussian's 5D 10F; the functions themselves are held against PySCF's, one kind at a time."""
    numbers, positions = np.array([8, 1]), np.array([[0.1, 0.0, 0.2], [0.0, 0.3, 1.9]])
    shells = [Shell(0, 0, False, (1.1,), (1.0,)), Shell(0, 2, False, (0.9, 0.3), (0.6, 0.5)),
              Shell(0, 3, True, (0.7,), (1.0,)), Shell(1, 1, False, (0.5,), (1.0,))]  # fmt: skip
    mol = mole(numbers, positions, 0, shells)
    assert mol.cart
    coefficients = with_pyscf_norms(mol, shells, np.eye(1 + 5 + 10 + 3))
    points = np.random.default_rng(2).normal(0.0, 1.5, (50, 3))
    expected = []
    for shell in shells:
        own = [shell.l, *zip(shell.exponents, shell.coefficients, strict=True)]
        place = positions[shell.atom].tolist()
        alone = gto.M(atom=[("He", place)], unit="Bohr", cart=shell.cartesian, verbose=0, basis={"He": [own]})
        expected.append(alone.eval_gto("GTOval", points) / np.sqrt(alone.intor("int1e_ovlp").diagonal()))
    assert mol.eval_gto("GTOval", points) @ coefficients == pytest.approx(np.concatenate(expected, axis=1), abs=1e-12)


def test_orders_of_cartesian_functions() -> None:
    """Of Gaussian's g and h, from its manual: the first and the last; and PySCF's by the labels it prints."""
    assert gaussian_order(4)[:3] == ("zzzz", "yzzz", "yyzz") and gaussian_order(5)[-1] == "xxxxx"
    mol = gto.M(atom="He", basis={"He": [[3, [1.0, 1.0]], [4, [1.0, 1.0]]]}, cart=True, verbose=0)
    labels = [label.split()[-1].lstrip("0123456789fg") for label in mol.ao_labels()]
    assert labels == [*pyscf_order(3), *pyscf_order(4)]


def as_program_writes(method, way) -> bytes:
    """A Molden file in which contractions and coefficients are changed as the way says."""
    mol, lines, l, functions, primitives = method.mol, molden_file(method).decode().splitlines(), 0, [], 0
    for k, line in enumerate(lines):
        fields = line.split()
        if len(fields) == 3 and fields[0] in "spdfg":
            l, primitives = "spdfg".index(fields[0]), int(fields[1])
            functions += [(l, place) for place in range((l + 1) * (l + 2) // 2 if mol.cart else 2 * l + 1)]
        elif primitives:
            primitives -= 1
            if not way.bare:
                continue
            exponent, coefficient = map(float, fields)
            lines[k] = f"{exponent:.16g} {coefficient * gto.gto_norm(l, exponent):.16g}"
    order = {2: "xx yy zz xy xz yz", 3: "xxx yyy zzz xyy xxy xxz xzz yzz yyz xyz"}
    factors = []
    for l, place in functions:
        factor = 1.0
        if way.orca_signs and not mol.cart and l == 3 and place > 4:
            factor = -1.0
        if mol.cart and l > 1:
            name = order[l].split()[place]
            one = {2: 3.0, 3: 15.0}[l]
            own = np.prod([{0: 1, 1: 1, 2: 3, 3: 15}[name.count(axis)] for axis in "xyz"])
            if way.norms == "double factorial":
                factor /= np.sqrt(one)
            elif way.norms == "of the first":
                factor /= np.sqrt(own / one)
        factors.append(factor)
    start = lines.index("[MO]")
    for k in range(start, len(lines)):
        fields = lines[k].split()
        if len(fields) == 2 and fields[0].isdigit():
            lines[k] = f"{fields[0]} {float(fields[1]) * factors[int(fields[0]) - 1]:.14g}"
    return "\n".join(lines).encode()


@pytest.mark.parametrize("cart", [False, True])
@pytest.mark.parametrize("way", _WAYS, ids=str)
def test_ways_of_other_programs_are_found_out(way, cart: bool) -> None:
    """Files as ORCA, Psi4 and Turbomole write them; real ones of theirs were read when this was made."""
    method = calculation(WATER, "cc-pvtz", cart)
    found, points = density_of(read(as_program_writes(method, way), "x.molden")), some_points(method.mol)
    assert found.at_points(points) == pytest.approx(density_at(method, points), rel=1e-7, abs=1e-12)


def test_angstrom_and_unsorted_sections() -> None:
    method = calculation(WATER, "cc-pvdz")
    text = molden_file(method).decode()
    head, rest = text.split("[Atoms] (AU)\n")
    atoms, rest = rest.split("[GTO]\n")
    rows = [line.split() for line in atoms.splitlines()]
    moved = "".join(
        f"{a} {n} {z} " + " ".join(f"{float(x) * 0.529177210903:.14f}" for x in xyz) + "\n" for a, n, z, *xyz in rows
    )
    body, orbitals = rest.split("[5d]")
    changed = f"{head}[5d]{orbitals.split('[MO]')[0]}[GTO]\n{body}[MO]{orbitals.split('[MO]')[1]}[ATOMS] Angs\n{moved}"
    points = some_points(method.mol)
    found = density_of(read(changed.encode(), "x.molden"))
    assert found.at_points(points) == pytest.approx(density_at(method, points), rel=1e-7, abs=1e-12)


def test_pyscf_reads_its_files_as_we_do() -> None:
    """A second reader on the same text."""
    import tempfile

    content = molden_file(calculation(FORMAMIDE, "cc-pvdz"))
    with tempfile.NamedTemporaryFile(suffix=".molden") as file:
        file.write(content)
        file.flush()
        mol, _, coefficients, occupations, *_ = molden.load(file.name)
    points = some_points(mol)
    values = mol.eval_gto("GTOval", points) @ coefficients
    assert density_of(read(content, "x.molden")).at_points(points) == pytest.approx(values**2 @ occupations, rel=1e-8)


def test_charge_forces_and_energy_come_with_the_file() -> None:
    method = calculation("O 0 0 0; H 0 0 0.97", "cc-pvdz", charge=-1)
    gradient = np.random.default_rng(3).normal(size=(2, 3))
    found = read(fchk_file(method, gradient=gradient), "hydroxide.fchk")
    assert found.charge == -1 and density_of(found).molecule.charge == -1
    assert found.energy_hartree == pytest.approx(method.e_tot, abs=1e-12)
    assert found.gradient_hartree_per_bohr == pytest.approx(gradient)
    assert found.says.startswith("RHF/cc-pvdz")
    for content, suffix in ((checkpoint_file(method), "chk"), (molden_file(method), "molden")):
        other = read(content, f"hydroxide.{suffix}")
        assert density_of(other).molecule.charge == -1 and other.gradient_hartree_per_bohr is None
    assert read(checkpoint_file(method), "x.chk").says == "basis cc-pvdz"


def test_forces_of_another_energy_and_fields_of_zeros_are_left_out() -> None:
    method = calculation(WATER, "cc-pvdz")
    ones = np.ones((3, 3))
    other = read(fchk_file(method, gradient=ones, total_energy=method.e_tot - 0.2), "x.fchk")
    assert other.gradient_hartree_per_bohr is None and "another energy" in other.notes[0]
    assert read(fchk_file(method, gradient=0 * ones), "x.fchk").gradient_hartree_per_bohr is None


def test_an_unrestricted_singlet_is_compared_by_its_total_density() -> None:
    method = calculation(WATER, "cc-pvdz").to_uhf()
    points = some_points(method.mol)
    for content, suffix in ((checkpoint_file(method), "chk"), (molden_file(method), "molden")):
        found = density_of(read(content, f"x.{suffix}"))
        assert found.at_points(points) == pytest.approx(density_at(method, points), rel=1e-7, abs=1e-12)


def test_a_shell_beyond_what_can_be_evaluated_is_refused() -> None:
    from core.errors import ResultError

    with pytest.raises(ResultError, match="angular momentum 7"):
        checked(Shell(0, 7, False, (1.0,), (1.0,)), 1)
    with pytest.raises(ResultError, match="primitives"):
        checked(Shell(0, 0, False, (1.0,) * 41, (1.0,) * 41), 1)
