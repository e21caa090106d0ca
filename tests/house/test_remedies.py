"""What mends a refused structure is said in nobody's terms: pages have fields and buttons, the command line options."""

import re
from pathlib import Path

PREPARATION = Path(__file__).resolve().parents[2] / "core" / "chem" / "prepare"
# As in "Leave it out (drop LIG)": which residues those are is told beside the message, see core.errors.StructureError.
OPTION = re.compile(r'[ "]\((drop|ligand|keep|hydrogens:) ')


def test_messages_of_the_preparation_name_no_option() -> None:
    said = {path.name: path.read_text() for path in PREPARATION.glob("*.py")}
    assert len(said) > 10 and [name for name, text in said.items() if OPTION.search(text)] == []
