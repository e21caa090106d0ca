// Colours of the atoms, by what a person chooses, each with its legend. Those of chains and of kinds of residues are of
// Okabe and Ito (jfly.uni-koeln.de/color), the ramp along the chain is viridis (S. van der Walt and N. Smith,
// bids.github.io/colormap): both hold for all kinds of colour vision.

import { ELEMENTS, OTHER_ELEMENT, between, hex } from "./palette.js";
import { placesAlongChain, residueLabel, residueOf } from "./residues.js";

const CHAINS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];
const NONE = "#9aa3ab";
// Of a ribbon where its atoms have the colours of elements.
const RIBBON = "#8fa3b8";
const VIRIDIS = [[0.27, 0, 0.33], [0.23, 0.32, 0.55], [0.13, 0.57, 0.55], [0.37, 0.79, 0.38], [0.99, 0.91, 0.14]];

// By what a side chain does in water.
const KINDS = [
  ["positive", "#0072b2", "ARG LYS HIS"],
  ["negative", "#d55e00", "ASP GLU"],
  ["polar", "#009e73", "SER THR ASN GLN"],
  ["aliphatic", "#e69f00", "ALA VAL LEU ILE MET"],
  ["aromatic", "#cc79a7", "PHE TYR TRP"],
  ["glycine, proline", "#56b4e9", "GLY PRO"],
  ["cysteine", "#f0e442", "CYS"],
  ["A", "#009e73", "A DA"], ["C", "#0072b2", "C DC"], ["G", "#e69f00", "G DG"], ["T or U", "#cc79a7", "DT U T"],
];
const OTHERS = ["other", NONE];
const KIND_OF = new Map(KINDS.flatMap((kind) => kind[2].split(" ").map((name) => [name, kind])));
// Names that protonation and bridges give.
for (const [name, usual] of Object.entries({ HID: "HIS", HIE: "HIS", HIP: "HIS", HSD: "HIS", HSE: "HIS", HSP: "HIS",
  CYX: "CYS", CYM: "CYS", ASH: "ASP", GLH: "GLU", LYN: "LYS", MSE: "MET" })) KIND_OF.set(name, KIND_OF.get(usual));

const SCHEMES = {
  element: {
    label: "element",
    of({ elements }) {
      const colors = elements.map((element) => ELEMENTS[element] ?? OTHER_ELEMENT);
      const order = Object.keys(ELEMENTS);
      const rank = (element) => (order.includes(element) ? order.indexOf(element) : order.length);
      const present = uniqueOf(elements).sort((one, other) => rank(one) - rank(other));
      return { colors, ribbon: () => RIBBON, legend: present.map((element) => [ELEMENTS[element] ?? OTHER_ELEMENT, element]) };
    },
  },
  residue: {
    label: "residue name",
    needs: "residues",
    of(scene) {
      const kinds = scene.residues.names.map((name) => KIND_OF.get(name) ?? OTHERS);
      const present = [...KINDS, OTHERS].filter((kind) => kinds.includes(kind));
      return byResidue(scene, kinds.map((kind) => kind[1]), present.map(([name, color, names]) => [color, name, names]));
    },
  },
  place: {
    label: "place in the chain",
    needs: "residues",
    of(scene) {
      const places = placesAlongChain(scene.residues);
      const colors = places.map((place) => (place === undefined ? NONE : hex(between(VIRIDIS, place))));
      const ends = [0, 1].map((end) => places.flatMap((place, residue) => (place === end ? [residue] : [])));
      const [low, high] = ends.map((list, end) => (list.length === 1 ? residueLabel(scene, list[0]) : ["first residue", "last residue"][end]));
      return { ...byResidue(scene, colors, []), title: "Along the chain:", ramp: { stops: VIRIDIS.map(hex), low, high } };
    },
  },
  chain: {
    label: "chain",
    needs: "residues",
    of(scene) {
      const { chains } = scene.residues;
      const names = uniqueOf(chains);
      const colorOf = (chain) => CHAINS[names.indexOf(chain) % CHAINS.length];
      return byResidue(scene, chains.map(colorOf), names.map((chain) => [colorOf(chain), chain ? `chain ${chain}` : "chain without a name"]));
    },
  },
  error: {
    label: "expected error",
    needs: "error_colors",
    of: (scene) => ({ title: "Expected error of the force:", colors: scene.error_colors, legend: scene.error_legend.map(([color, text]) => [color, text]) }),
  },
};

// [key, label] of each that this scene offers, the usual one first.
export function schemesOf(scene) {
  return Object.entries(SCHEMES).filter(([, { needs }]) => !needs || scene[needs]).map(([key, { label }]) => [key, label]);
}

// { title: of the legend, or none; colors: of each atom, CSS; ribbon(index): of the ribbon at an atom, or undefined for the atom's; legend: [colour,
// text, title] of each swatch; ramp: { stops, low, high } }.
export function coloringOf(scene, key) {
  const scheme = SCHEMES[key];
  return (scheme && (!scheme.needs || scene[scheme.needs]) ? scheme : SCHEMES.element).of(scene);
}

function byResidue(scene, colors, legend) {
  return { colors: scene.elements.map((_, index) => colors[residueOf(scene, index)] ?? NONE), legend };
}

function uniqueOf(values) {
  return [...new Set(values)];
}
