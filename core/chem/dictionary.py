"""The wwPDB chemical component dictionary, as Biotite carries it: every ligand and modified residue of the PDB.

Opening it takes some 4 s and 0.9 GB, so it is opened once for all names that are wanted, then closed, and what was read
is kept as JSON under `<data_dir>/components/<version of Biotite>`, with the list of all names: for one that is not in
it, and files hold any, the dictionary stays closed and nothing is kept.
"""

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.chem.components import Component
from core.logs import get_logger
from core.settings import settings

# No component is called so: its files are named in hexadecimal.
NAMES = "names.json"
_ORDERS = {"SING": 1, "DOUB": 2, "TRIP": 3, "QUAD": 4}


def dictionary_components(names: Iterable[str]) -> dict[str, Component]:
    """Those of the names that the dictionary has."""
    folder = settings().data_dir / "components" / version("biotite")
    found: dict[str, Component] = {}
    wanted = []
    for name in dict.fromkeys(names):
        try:
            kept = json.loads((folder / f"{name.encode().hex()}.json").read_text())
            if kept is not None:
                found[name] = _component(name, **kept)
        except (OSError, ValueError, TypeError):
            wanted.append(name)
    wanted = _those_it_has(wanted, folder / NAMES) if wanted else []
    for name, entry in _read(wanted).items() if wanted else ():
        _keep(folder / f"{name.encode().hex()}.json", entry)
        if entry is not None:
            found[name] = _component(name, **entry)
    return found


def _component(
    name: str, elements: dict[str, str], charges: dict[str, int], bonds: list[list[Any]], leaving: list[str]
) -> Component:
    pairs = tuple((str(first), str(second), int(order)) for first, second, order in bonds)
    return Component(name, elements, charges, pairs, frozenset(leaving))


def _those_it_has(names: list[str], path: Path) -> list[str]:
    """path: of the list of names, made where it is not there or is damaged."""
    try:
        known = json.loads(path.read_text())
        if not isinstance(known, list) or not known:
            raise ValueError("not a list of names")
    except (OSError, ValueError):
        known = _all_names()
        _keep(path, known)
    return sorted(set(names) & set(known))


def _keep(path: Path, entry: dict[str, Any] | list[str] | None) -> None:
    """A cache that cannot be written costs time only, so that is logged and no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{uuid4().hex}.partial")
        partial.write_text(json.dumps(entry))
        partial.replace(path)
    except OSError as error:
        get_logger(__name__).warning("component not kept", path=str(path), reason=error.strerror)


def _all_names() -> list[str]:
    from biotite.structure.info import ccd

    try:
        return sorted(set(ccd.get_ccd()["chem_comp"]["id"].as_array(str).tolist()))
    finally:
        ccd.get_ccd.cache_clear()


def _read(names: list[str]) -> dict[str, dict[str, Any] | None]:
    from biotite.structure.info import ccd

    try:
        return {name: _entry(ccd.get_from_ccd("chem_comp_atom", name), ccd.get_from_ccd("chem_comp_bond", name))
                for name in names}  # fmt: skip
    finally:
        for function in (ccd.get_ccd, ccd.get_from_ccd, ccd._residue_index):
            function.cache_clear()


def _entry(atoms: Any, bonds: Any) -> dict[str, Any] | None:
    """Heavy atoms only."""
    if atoms is None:
        return None
    names = atoms["atom_id"].as_array(str).tolist()
    symbols = [symbol.capitalize() for symbol in atoms["type_symbol"].as_array(str).tolist()]
    charges = atoms["charge"].as_array(int, 0).tolist()
    leaving = atoms["pdbx_leaving_atom_flag"].as_array(str).tolist()
    elements = {n: s for n, s in zip(names, symbols, strict=True) if s not in ("H", "D")}
    pairs: list[tuple[str, str, int]] = []
    if bonds is not None:
        columns = (bonds[key].as_array(str).tolist() for key in ("atom_id_1", "atom_id_2", "value_order"))
        pairs = [(a, b, _ORDERS.get(order, 1)) for a, b, order in zip(*columns, strict=True)]
    return {
        "elements": elements,
        "charges": {n: c for n, c in zip(names, charges, strict=True) if c and n in elements},
        "bonds": [pair for pair in pairs if pair[0] in elements and pair[1] in elements],
        "leaving": [n for n, flag in zip(names, leaving, strict=True) if flag == "Y" and n in elements],
    }
