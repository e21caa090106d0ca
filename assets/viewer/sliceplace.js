// Where a slice lies as one short text, for links: `x_0.4`, or `0.577_0.577_0.577_-1.2` where its normal has no name
// that means the same elsewhere; then the place along the normal from the middle of the box, angstrom.

const NAMED = ["molecule", "x", "y", "z"];
const FARTHEST = 1e3;

export function formatPlace({ normal, offset }, name) {
  const facing = NAMED.includes(name) ? [name] : normal.map((x) => String(Number(x.toFixed(4))));
  return [...facing, String(Number(offset.toFixed(2)))].join("_");
}

// { name, normal, offset }, with a name or a normal; null where it makes no sense.
export function parsePlace(text) {
  const words = text.split("_");
  const number = (word) => (word.trim() && Math.abs(Number(word)) <= FARTHEST ? Number(word) : NaN);
  const offset = number(words.pop());
  if (Number.isNaN(offset)) return null;
  if (words.length === 1) return NAMED.includes(words[0]) ? { name: words[0], offset } : null;
  const normal = words.map(number);
  return normal.length === 3 && Math.hypot(...normal) > 0.5 ? { normal, offset } : null;
}
