"""Names of residues and atoms in the files of other programs, and those of the dictionary for them.

Amber, CHARMM, GROMACS and GROMOS, OPLS, Schrodinger, and PDB files from before 2008. The force field's protonation
state is not kept: the hydrogens of the file, or the pH, say it.
"""

_AMINO_ACID_STATES = {
    "HIS": ("HID", "HIE", "HIP", "HSD", "HSE", "HSP", "HISA", "HISB", "HISD", "HISE", "HISH", "HISP", "HIS1", "HIS2",
            "HIS+"),
    "CYS": ("CYX", "CYM", "CYN", "CYSH", "CYSP", "CYS1", "CYS2", "CYSS", "CYSX"),
    "ASP": ("ASH", "ASPH", "ASPP"),
    "GLU": ("GLH", "GLUH", "GLUP"),
    "LYS": ("LYN", "LYP", "LSN", "LYSH", "LYSP", "LYS+"),
    "ARG": ("ARN", "ARGN", "ARG+"),
    "TYR": ("TYM", "TYRU", "TYRP"),
}  # fmt: skip
# Amber's names of the ends of chains: one letter before the name. Those of CYX and of states too.
_AT_ENDS = ("ALA ARG ASN ASP CYS CYX GLN GLU GLY HIS HID HIE HIP ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL").split()
_NUCLEOTIDES = {
    "ADE": "A", "GUA": "G", "CYT": "C", "URA": "U", "URI": "U", "THY": "DT", "T": "DT",
    "DADE": "DA", "DGUA": "DG", "DCYT": "DC", "DTHY": "DT", "RADE": "A", "RGUA": "G", "RCYT": "C", "RURA": "U",
    "RA": "A", "RG": "G", "RC": "C", "RU": "U",
}  # fmt: skip
# Of 5' ends, 3' ends and nucleosides.
_NUCLEOTIDES |= {base + end: base for base in ("A", "C", "G", "U", "DA", "DC", "DG", "DT") for end in "35N"}
_NUCLEOTIDES |= {f"R{base}{end}": base for base in "ACGU" for end in "35N"}
# Residues of a single oxygen, whatever else has their name.
WATERS = {
    "WAT", "SOL", "TIP", "TIP3", "TIP4", "TIP5", "TP3", "TP4", "TP5", "T3P", "T4P", "T5P", "SPC", "SPCE", "OPC", "H2O",
    "DOD", "OH2", "HHO",
}  # fmt: skip
_STATES = {alias: name for name, aliases in _AMINO_ACID_STATES.items() for alias in aliases}
RESIDUE_ALIASES = (
    _STATES
    | _NUCLEOTIDES
    | {end + name: _STATES.get(name, name) for end in "NC" for name in _AT_ENDS}
    | {"NMA": "NME", "NAC": "NME", "NHE": "NH2"}
)
ATOM_ALIASES = {
    "O1P": "OP1", "O2P": "OP2", "O3P": "OP3", "OC1": "O", "OC2": "OXT", "OT1": "O", "OT2": "OXT", "OT": "OXT",
}  # fmt: skip
# Monoatomic ions whose names are not their symbols.
ION_ELEMENTS = {
    "LIT": "Li", "SOD": "Na", "CIO": "Na", "NA+": "Na", "POT": "K", "K+": "K", "RUB": "Rb", "CES": "Cs", "CAL": "Ca",
    "BAR": "Ba", "CAD": "Cd", "CLA": "Cl", "CL-": "Cl",
}  # fmt: skip
