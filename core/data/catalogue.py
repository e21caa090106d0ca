"""The pieces that fragments are made of: biological building blocks small enough for DFT, as SMILES.

`residues` holds one-letter codes of the amino acids a piece stands for; protonation states are pieces of their own.
"""

from dataclasses import dataclass
from functools import cache, cached_property

from rdkit import Chem

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"


@dataclass(frozen=True)
class Piece:
    """One kind of molecule. kind: a key of PIECES. charge: in e. residues: one-letter codes, or nothing."""

    name: str
    smiles: str
    kind: str
    charge: int = 0
    residues: str = ""

    @cached_property
    def graph(self) -> Chem.Mol:
        """The molecule with its hydrogens, without coordinates."""
        return Chem.AddHs(Chem.MolFromSmiles(self.smiles))

    def __len__(self) -> int:
        """Number of atoms."""
        return int(self.graph.GetNumAtoms())

    @cached_property
    def aromatic(self) -> bool:
        return any(atom.GetIsAromatic() for atom in self.graph.GetAtoms())


# kind -> lines of: name, SMILES, charge, residues.
TABLE = {
    "side chain": """
        methane                  C                          0  AG
        ethane                   CC                         0  AVIL
        propane                  CCC                        0  VLIP
        isobutane                CC(C)C                     0  LV
        butane                   CCCC                       0  I
        methanol                 CO                         0  S
        ethanol                  CCO                        0  ST
        isopropanol              CC(C)O                     0  T
        methanethiol             CS                         0  C
        ethanethiol              CCS                        0  C
        methanethiolate          C[S-]                     -1  C
        dimethyl-disulfide       CSSC                       0  C
        dimethyl-sulfide         CSC                        0  M
        ethyl-methyl-sulfide     CCSC                       0  M
        formic-acid              OC=O                       0  DE
        formate                  [O-]C=O                   -1  DE
        acetic-acid              CC(=O)O                    0  DE
        acetate                  CC(=O)[O-]                -1  DE
        propionic-acid           CCC(=O)O                   0  E
        propionate               CCC(=O)[O-]               -1  E
        acetamide                CC(N)=O                    0  NQ
        propionamide             CCC(N)=O                   0  Q
        benzene                  c1ccccc1                   0  F
        toluene                  Cc1ccccc1                  0  F
        ethylbenzene             CCc1ccccc1                 0  F
        phenol                   Oc1ccccc1                  0  Y
        cresol                   Cc1ccc(O)cc1               0  Y
        phenolate                [O-]c1ccccc1              -1  Y
        cresolate                Cc1ccc([O-])cc1           -1  Y
        indole                   c1ccc2[nH]ccc2c1           0  W
        methylindole             Cc1c[nH]c2ccccc12          0  W
        imidazole                c1c[nH]cn1                 0  H
        methylimidazole-epsilon  Cc1c[nH]cn1                0  H
        methylimidazole-delta    Cc1cnc[nH]1                0  H
        imidazolium              c1c[nH]c[nH+]1             1  H
        methylimidazolium        Cc1c[nH]c[nH+]1            1  H
        methylamine              CN                         0  K
        butylamine               CCCCN                      0  K
        methylammonium           C[NH3+]                    1  K
        ethylammonium            CC[NH3+]                   1  K
        butylammonium            CCCC[NH3+]                 1  K
        guanidinium              NC(N)=[NH2+]               1  R
        methylguanidinium        CNC(N)=[NH2+]              1  R
        propylguanidinium        CCCNC(N)=[NH2+]            1  R
        methylguanidine          CN=C(N)N                   0  R
        pyrrolidine              C1CCNC1                    0  P
    """,
    "backbone": """
        formamide                NC=O                       0  -
        n-methylformamide        CNC=O                      0  -
        n-methylacetamide        CC(=O)NC                   0  -
        dimethylformamide        CN(C)C=O                   0  P
        n-methylpropionamide     CCC(=O)NC                  0  -
        n-formylpyrrolidine      O=CN1CCCC1                 0  P
        n-acetylpyrrolidine      CC(=O)N1CCCC1              0  P
    """,
    "terminus": """
        glycinamide              NCC(N)=O                   0  G
        glycinamide-cation       [NH3+]CC(N)=O              1  G
        alaninamide-cation       C[C@H]([NH3+])C(N)=O       1  A
        glycine-methylamide-cation  [NH3+]CC(=O)NC          1  G
        formylglycine            O=CNCC(=O)O                0  G
        formylglycinate          O=CNCC(=O)[O-]            -1  G
        acetylglycinate          CC(=O)NCC(=O)[O-]         -1  G
        formylalaninate          O=CN[C@@H](C)C(=O)[O-]    -1  A
    """,
    "capped residue": """
        Ac-Gly-NMe     CC(=O)NCC(=O)NC                              0  G
        Ac-Ala-NMe     CC(=O)N[C@@H](C)C(=O)NC                      0  A
        For-Gly-NH2    O=CNCC(N)=O                                  0  G
        For-Ala-NH2    O=CN[C@@H](C)C(N)=O                          0  A
        For-Ser-NH2    O=CN[C@@H](CO)C(N)=O                         0  S
        For-Cys-NH2    O=CN[C@@H](CS)C(N)=O                         0  C
        For-Thr-NH2    O=CN[C@@H]([C@@H](C)O)C(N)=O                 0  T
        For-Val-NH2    O=CN[C@@H](C(C)C)C(N)=O                      0  V
        For-Leu-NH2    O=CN[C@@H](CC(C)C)C(N)=O                     0  L
        For-Ile-NH2    O=CN[C@@H]([C@@H](C)CC)C(N)=O                0  I
        For-Met-NH2    O=CN[C@@H](CCSC)C(N)=O                       0  M
        For-Pro-NH2    O=CN1CCC[C@H]1C(N)=O                         0  P
        For-Asp-NH2    O=CN[C@@H](CC(=O)O)C(N)=O                    0  D
        For-Asp--NH2   O=CN[C@@H](CC(=O)[O-])C(N)=O                -1  D
        For-Glu-NH2    O=CN[C@@H](CCC(=O)O)C(N)=O                   0  E
        For-Glu--NH2   O=CN[C@@H](CCC(=O)[O-])C(N)=O               -1  E
        For-Asn-NH2    O=CN[C@@H](CC(N)=O)C(N)=O                    0  N
        For-Gln-NH2    O=CN[C@@H](CCC(N)=O)C(N)=O                   0  Q
        For-Phe-NH2    O=CN[C@@H](Cc1ccccc1)C(N)=O                  0  F
        For-Tyr-NH2    O=CN[C@@H](Cc1ccc(O)cc1)C(N)=O               0  Y
        For-Trp-NH2    O=CN[C@@H](Cc1c[nH]c2ccccc12)C(N)=O          0  W
        For-His-NH2    O=CN[C@@H](Cc1c[nH]cn1)C(N)=O                0  H
        For-His+-NH2   O=CN[C@@H](Cc1c[nH]c[nH+]1)C(N)=O            1  H
        For-Lys+-NH2   O=CN[C@@H](CCCC[NH3+])C(N)=O                 1  K
        For-Arg+-NH2   O=CN[C@@H](CCCNC(N)=[NH2+])C(N)=O            1  R
    """,
    "nucleobase": """
        adenine               Nc1ncnc2[nH]cnc12             0  -
        9-methyladenine       Cn1cnc2c(N)ncnc21             0  -
        guanine               Nc1nc2[nH]cnc2c(=O)[nH]1      0  -
        9-methylguanine       Cn1cnc2c(=O)[nH]c(N)nc21      0  -
        cytosine              Nc1cc[nH]c(=O)n1              0  -
        1-methylcytosine      Cn1ccc(N)nc1=O                0  -
        thymine               Cc1c[nH]c(=O)[nH]c1=O         0  -
        1-methylthymine       Cc1cn(C)c(=O)[nH]c1=O         0  -
        uracil                O=c1cc[nH]c(=O)[nH]1          0  -
        1-methyluracil        Cn1ccc(=O)[nH]c1=O            0  -
    """,
    "sugar": """
        dimethyl-ether           COC                        0  -
        dimethoxymethane         COCOC                      0  -
        ethylene-glycol          OCCO                       0  -
        tetrahydrofuran          C1CCOC1                    0  -
        tetrahydrofuran-3-ol     O[C@H]1CCOC1               0  -
        tetrahydrofuran-3,4-diol O[C@H]1COC[C@H]1O          0  -
        tetrahydrofurfuryl       OC[C@@H]1CCCO1             0  -
        deoxyribose-core         OC[C@H]1OCC[C@@H]1O        0  -
        tetrahydropyran-2-ol     O[C@H]1CCCCO1              0  -
    """,
    "nucleoside": """
        imidazole-methoxyethyl      CO[C@H](C)n1ccnc1                           0  -
        imidazole-tetrahydrofuran   C1C[C@H](OC1)n1ccnc1                        0  -
        uracil-methoxyethyl         CO[C@H](C)n1ccc(=O)[nH]c1=O                 0  -
        cytosine-tetrahydrofuran    Nc1ccn([C@H]2CCCO2)c(=O)n1                  0  -
    """,
    "phosphate": """
        dihydrogen-phosphate     OP(=O)(O)[O-]             -1  -
        methyl-phosphate         COP(=O)(O)[O-]            -1  -
        methyl-phosphate-dianion COP(=O)([O-])[O-]         -2  -
        methyl-phosphoric-acid   COP(=O)(O)O                0  -
        dimethyl-phosphate       COP(=O)([O-])OC           -1  -
    """,
}
WATER = Piece("water", "O", "water")
# What a chain ends with where preparation closes it with hydrogen (core.chem.prepare): no molecule of life, and so in
# no mixture but its own. Columns as above.
CUT_END = "cut end"
CUT_ENDS = """
    acetaldehyde             CC=O                       0  -
    propanal                 CCC=O                      0  -
    glycinal                 NCC=O                      0  -
    alaninal                 C[C@H](N)C=O               0  -
    formyl-glycinal          O=CNCC=O                   0  -
    acetyl-glycinal          CC(=O)NCC=O                0  -
    acetyl-alaninal          CC(=O)N[C@@H](C)C=O        0  -
"""


@cache
def pieces() -> tuple[Piece, ...]:
    """All pieces but water and cut ends, in the order of the table."""
    return tuple(_read(TABLE))


@cache
def cut_ends() -> tuple[Piece, ...]:
    """Pieces that lead the mixture `ends`."""
    return tuple(_read({CUT_END: CUT_ENDS}))


def _read(table: dict[str, str]) -> list[Piece]:
    found = []
    for kind, text in table.items():
        for line in text.strip().splitlines():
            name, smiles, charge, residues = line.split()
            found.append(Piece(name, smiles, kind, int(charge), residues.strip("-")))
    return found
