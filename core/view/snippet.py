"""A few lines of Python that repeat with `core` what Explore shows (structure, model, density, forces, level, cube), or
Compare (the figures, and the errors of the forces).

Whatever came from a person or a file goes in by `repr`, so it is a literal and nothing else.
"""

from dataclasses import fields, replace

from core.chem.prepare import Options
from core.chem.subject import DEFAULT_OPTIONS, Subject
from core.model.choose import name_for, shipped_domains
from core.reference.level import Level
from core.view.address import MODEL_DIGITS, Address
from core.view.picture import Picture

# Structures of a file up to this size stand in the lines themselves.
LARGEST_INLINE = 60


def snippet(picture: Picture, subject: Subject, address: Address | None, level: float) -> str:
    """The lines, which run wherever `core` can be imported, and write density.cube. level: e/bohr^3.

    address: what names the structure, if it is an example or a SMILES. A file is written out, atom by atom, up to
    LARGEST_INLINE atoms and where no free ions are added to it; a longer one is read from the disk under its name.
    """
    needed = {"core.density.cube": "write_cube", "core.density.grid": "UniformGrid"}
    needed["core.density.levels"] = "enclosed_curve"
    structure = _structure(picture, subject, address, needed)
    density = _density(picture, needed)
    imports = [f"from {module} import {names}" for module, names in sorted(needed.items())]
    return "\n".join(
        [
            *imports,
            "",
            *structure,
            *density,
            "for symbol, force in zip(molecule.symbols, forces):",
            '    print(symbol, *(f"{x:.6f}" for x in force))  # meV/angstrom',
            f"level = {float(f'{level:.4g}')!r}  # e/bohr^3",
            'print(enclosed_curve(density).enclosed(level), "electrons inside the surface")',
            'write_cube("density.cube", density, UniformGrid.around(density.molecule))',
            "",
        ]
    )


def comparison_snippet(
    picture: Picture, subject: Subject, address: Address | None, level: Level, *, shipped: bool
) -> str:
    """The lines that compare a prediction, which `picture` must have, with DFT, as Compare does. shipped: the
    calculation came with the program, and is found; else it is made."""
    needed = {"core.reference.level": "Level", "core.train.metrics": "compare_with_reference"}
    module, call = ("results", "find_result") if shipped else ("calculation", "calculate")
    needed[f"core.reference.{module}"] = call
    # Free ions are in no calculation.
    plain = replace(picture, added=())
    structure, density = _structure(plain, subject, address, needed), _density(plain, needed)
    usual, chosen = Level().to_json(), level.to_json()
    differs = ", ".join(f"{name}={value!r}" for name, value in chosen.items() if value != usual[name])
    imports = [f"from {module} import {names}" for module, names in sorted(needed.items())]
    return "\n".join(
        [
            *imports,
            "",
            *structure,
            *density,
            f"record = {call}(molecule, level=Level({differs}))  # {level.label}",
            *(['assert record is not None, "not the very structure that came with the program"'] if shipped else []),
            "for figure, value in compare_with_reference(prediction, record).to_json().items():",
            "    if value is not None:",
            "        print(figure, value)",
            "for symbol, error in zip(molecule.symbols, forces - record.forces_mev_per_angstrom):",
            '    print(symbol, *(f"{x:.6f}" for x in error))  # meV/angstrom, predicted minus DFT',
            "",
        ]
    )


def _structure(picture: Picture, subject: Subject, address: Address | None, needed: dict[str, str]) -> list[str]:
    """Lines that make `molecule`, and `subject` where its free ions are wanted."""
    molecule = picture.molecule
    if address is not None and address.kind == "example":
        needed["core.chem.examples"] = "example"
        return [f"molecule = example({address.value!r})"]
    if address is not None and address.kind == "smiles":
        needed["core.chem.read"] = "from_smiles"
        charge = "" if address.charge is None else f", charge={address.charge}"
        return [f"molecule = from_smiles({address.value!r}{charge})"]
    source = subject.source
    if source is not None and source.identifier:
        needed["core.chem.subject"] = "from_identifier"
        return _prepared(f"from_identifier({source.identifier!r}", "options=", subject.options, needed)
    if len(molecule) <= LARGEST_INLINE and not picture.added:
        needed["core.chem.molecule"] = "Molecule"
        atoms = zip(molecule.atomic_numbers.tolist(), molecule.positions_angstrom.tolist(), strict=True)
        rows = [f"    ({number}, ({', '.join(repr(round(x, 8)) for x in place)}))," for number, place in atoms]
        return [
            "atoms = [  # atomic number and position, angstrom",
            *rows,
            "]",
            f"molecule = Molecule(*zip(*atoms), charge={molecule.charge}, title={molecule.title!r})",
        ]
    needed["core.chem.subject"] = "from_file_or_identifier"
    return _prepared(f"from_file_or_identifier({(source.filename if source else '')!r}", "", subject.options, needed)


def _prepared(call: str, keyword: str, options: Options, needed: dict[str, str]) -> list[str]:
    """Lines that make `subject` by a call that takes the choices of the preparation last, and `molecule` of it."""
    if choices := _choices(options):
        needed["core.chem.prepare"] = "Options"
        call += f", {keyword}Options({choices})"
    return [f"subject = {call})  # hydrogens, charges, missing atoms", "molecule = subject.molecule"]


def _choices(options: Options) -> str:
    """The arguments of Options, empty where all are as Explore has them without a choice."""
    if options == DEFAULT_OPTIONS:
        return ""
    plain = Options()
    given = {entry.name: getattr(options, entry.name) for entry in fields(Options)}
    return ", ".join(f"{name}={value!r}" for name, value in given.items() if value != getattr(plain, name))


def _density(picture: Picture, needed: dict[str, str]) -> list[str]:
    """Lines that make `density` and `forces`, meV/angstrom, of `molecule`."""
    model = picture.predicted.model
    if model is None:
        needed["core.density.density"] = "Density"
        needed["core.gaussian.basis"] = "AuxiliaryBasis"
        needed["core.forces.hellmann_feynman"] = "free_atom_forces"
        needed["core.units"] = "HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM"
        return [
            "density = Density.free_atoms(molecule, AuxiliaryBasis.load())  # no prediction",
            "forces = free_atom_forces(molecule, density.basis) * HARTREE_PER_BOHR_IN_MEV_PER_ANGSTROM",
        ]
    needed["core.model.predict"] = "load_model, predict"
    name = name_for(picture.molecule)
    # Where the settings name a folder of the server, its path is nobody else's business.
    chosen = name if name in shipped_domains() else model.name
    lines = [
        f"prediction = predict(molecule, load_model({chosen!r}))  # weights {model.weights_hash[:MODEL_DIGITS]}",
        "density, forces = prediction.density, prediction.forces_mev_per_angstrom",
    ]
    if picture.added:
        needed["core.density.free_ions"] = "has_free_density, with_free_ions"
        lines.append("density = with_free_ions(density, [ion for ion in subject.free_ions if has_free_density(ion)])")
    return lines
