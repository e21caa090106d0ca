"""Residue names of four letters in PDB files: MD programs write NGLY, LYSH, TIP3 or POPC into columns 18-21.

The format has three columns for the name; the fourth is blank or, in files with very many chains, the first of two
letters of the chain. gemmi reads it as the latter, so such names are put in brackets before and out of them after.
"""

import re
from itertools import count

import gemmi

# Of residues that stand in every file: with another letter behind, one of these is a name with a chain of two letters.
_PLAIN = set("ALA ARG ASN ASP CYS GLN GLU GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL HOH".split())
# What programs add to them: protonation states and the two ends of chains.
_STATES = set(
    "HISA HISB HISD HISE HISH HISP HIS1 HIS2 HIS+ LYSH LYSP LYS+ ASPH ASPP GLUH GLUP CYSH CYSP CYS1 CYS2 CYSS CYSX "
    "ARGN ARG+ TYRU TYRP".split()
)
_RECORD = re.compile(r"(?:ATOM  |HETATM).{14}\S")


def marked(text: str) -> tuple[str, dict[str, str]]:
    """The text with a name of three letters in place of each of four, and the latter by the former.

    Text of which the fourth letter belongs to a chain is given back as it is.
    """
    lines = text.splitlines(keepends=True)
    with_fourth = [line for line in lines if _RECORD.match(line)]
    found = dict.fromkeys(line[17:21] for line in with_fourth if line[17] != " ")
    # A name of fewer letters with something behind it has its chain there.
    two_letters = len(with_fourth) > sum(line[17:21] in found for line in with_fourth)
    if not found or two_letters or any(name[:3] in _PLAIN and name not in _STATES for name in found):
        return text, {}
    taken = {line[17:20] for line in lines}
    free = (f"{number:03d}" for number in count(100))
    names = {long: next(name for name in free if name not in taken) for long in found}
    changed = [
        f"{line[:17]}{names[line[17:21]]} {line[21:]}" if _RECORD.match(line) and line[17:21] in names else line
        for line in lines
    ]
    return "".join(changed), {name: long for long, name in names.items()}


def give_back(structure: gemmi.Structure, names: dict[str, str]) -> None:
    """Names of four letters to the residues that were read under those of three."""
    for model in structure if names else ():
        for chain in model:
            for residue in chain:
                residue.name = names.get(residue.name, residue.name)
