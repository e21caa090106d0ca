// A density as coefficients, as core/view/coefficients.py packs it: Gaussians on atoms, bohr and e/bohr^3.

const FORMAT = "rhoscope-coefficients-1";
const HIGHEST_L = 8;

// { highest, atoms }: the highest l there is; of each atom its position (3, bohr) and primitives(), a list of
// { l, exponent, reach (bohr), coefficients (2l+1) } of those that reach anything.
export function decodeCoefficients(buffer) {
  const headerBytes = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerBytes)));
  if (header.format !== FORMAT) throw new Error("These are not coefficients of this version.");
  const { elements, reach_step_bohr: reachStep } = header;
  const sound = elements.length && elements.every(({ count, exponents }) => Number.isInteger(count) && count > 0
    && exponents.length <= HIGHEST_L + 1 && exponents.every((shell) => shell.every((exponent) => exponent > 0)));
  if (!sound) throw new Error("The coefficients have a header that cannot be.");
  const total = (of) => elements.reduce((sum, element) => sum + element.count * of(element.exponents), 0);
  const primitivesOf = (exponents) => exponents.reduce((sum, shell) => sum + shell.length, 0);
  const functionsOf = (exponents) => exponents.reduce((sum, shell, l) => sum + (2 * l + 1) * shell.length, 0);
  const [nAtoms, nPrimitives, nFunctions] = [total(() => 1), total(primitivesOf), total(functionsOf)];
  const start = 4 + headerBytes;
  if (start % 8 || buffer.byteLength !== start + 24 * nAtoms + 4 * nFunctions + nPrimitives)
    throw new Error("The coefficients are not as many as their header says.");
  const positions = new Float64Array(buffer, start, 3 * nAtoms);
  const coefficients = new Float32Array(buffer, start + 24 * nAtoms, nFunctions);
  const reach = new Uint8Array(buffer, start + 24 * nAtoms + 4 * nFunctions, nPrimitives);
  const atoms = [];
  let [firstFunction, firstPrimitive] = [0, 0];
  for (const { count, exponents } of elements)
    for (let k = 0; k < count; k++) {
      const [functions, primitives] = [firstFunction, firstPrimitive];
      atoms.push({
        position: positions.subarray(3 * atoms.length, 3 * atoms.length + 3),
        primitives: () => primitivesFrom(exponents, coefficients, functions, reach, primitives, reachStep),
      });
      firstFunction += functionsOf(exponents);
      firstPrimitive += primitivesOf(exponents);
    }
  return { highest: Math.max(...elements.map(({ exponents }) => exponents.length - 1)), atoms };
}

function primitivesFrom(exponents, coefficients, atFunction, reach, atPrimitive, reachStep) {
  const primitives = [];
  exponents.forEach((shell, l) => {
    for (const exponent of shell) {
      const far = reachStep * reach[atPrimitive++];
      const own = coefficients.subarray(atFunction, (atFunction += 2 * l + 1));
      if (far > 0) primitives.push({ l, exponent, reach: far, coefficients: own });
    }
  });
  return primitives;
}

// How far a box that begins at `from` (from an atom) and has `counts` points along its edges lies outside that atom.
export function distanceOutside(from, counts, step) {
  return Math.hypot(...from.map((low, axis) => Math.max(0, low, -low - step * (counts[axis] - 1))));
}

// Of one atom what reaches the box { shape, origin_bohr, step_bohr }: { from, primitives }, from: the first point of
// the box, from the atom. Null where nothing does.
export function reaching(atom, { shape, origin_bohr: origin, step_bohr: step }) {
  const from = [0, 1, 2].map((axis) => origin[axis] - atom.position[axis]);
  const outside = distanceOutside(from, shape, step);
  const primitives = atom.primitives().filter(({ reach }) => reach > outside);
  return primitives.length ? { from, primitives } : null;
}
