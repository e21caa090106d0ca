// Linked pictures in words, for who does not see them: one sentence for each thing that is in sight.

import { inSentence } from "./forces.js";
import { formatLevel } from "./levels.js";
import { fullName } from "./residues.js";
import { atomsSentence, forcesSentence } from "./summary.js";

// panes: a Panes. Some of the sentences may be empty.
export function sentencesOf(panes) {
  const { scene, forces, shading, slice } = panes;
  const shown = (layer) => panes.find(`show-${layer}`).checked;
  const inSight = [...scene.panes.keys()].filter((k) => panes.inSight(k));
  const surfaces = [false, true].map((signed) => {
    const first = inSight.find((k) => scene.panes[k].signed === signed);
    if (!shown("surface") || first === undefined) return "";
    const { name, field } = panes.drawn(first);
    const told = panes.find(signed ? "of-difference" : "of-densities").querySelector(".share").textContent;
    return `${name} at ${field.signed ? "±" : ""}${formatLevel(panes.levelOf(signed))} electrons per cubic bohr: ${told}.`;
  });
  const arrows = inSight.map((k) => {
    const { forces: of, arrows: name } = forces.of(k);
    return shown("arrows") && forcesSentence(inSentence(name), of, (atom) => fullName(scene, atom));
  });
  return [atomsSentence(scene), ...surfaces, shading.words, ...arrows, slice.on && "A slice lies through all."];
}
