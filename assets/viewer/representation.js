// How the molecule is drawn, as styles of 3Dmol: balls and sticks, ribbons (cartoon), or ribbons with thin sticks. What
// has no ribbon (ligands, water, caps) is balls and sticks always.

export const REPRESENTATIONS = [["sticks", "Balls and sticks"], ["cartoon", "Cartoon"], ["both", "Cartoon and sticks"]];

const BALLS_UP_TO_ATOMS = 1500;
// From so many atoms on a protein is seen better by its ribbon.
const CARTOON_FROM_ATOMS = 300;

export function usualRepresentation(scene, ribbon) {
  return ribbon && scene.elements.length >= CARTOON_FROM_ATOMS ? "both" : "sticks";
}

// coloring: of coloring.js. Returns { usual: [selection, style] pairs in their order, focused: style }.
export function stylesOf(representation, coloring, count) {
  const colorfunc = (atom) => coloring.colors[atom.index];
  const sticks = (stick, ball) => ({ stick: { radius: stick, colorfunc }, ...(ball && { sphere: { scale: ball, colorfunc } }) });
  const ribbon = (atom) => coloring.ribbon?.(atom.index) ?? colorfunc(atom);
  const cartoon = { cartoon: { colorfunc: ribbon, arrows: true, thickness: 0.3 } };
  const whole = count <= BALLS_UP_TO_ATOMS ? sticks(0.07, 0.18) : sticks(0.09, 0);
  const along = { sticks: whole, cartoon, both: { ...cartoon, ...sticks(0.045, 0) } }[representation];
  const usual = [[{}, whole]];
  if (representation !== "sticks") usual.push([{ hetflag: false }, along]);
  return { usual, focused: { ...(representation !== "sticks" && cartoon), ...sticks(0.2, 0.28) } };
}
