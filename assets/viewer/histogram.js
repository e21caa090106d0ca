// Where the electrons are: a histogram over the level slider, electrons per decade of the density at each position.
// Its filled part is what the surface encloses, so that the slider shows what it does before it is moved.

const POSITIONS = 160;
const HALF_STEP = 0.04;

// Electrons per decade of the density, at evenly spaced positions of the slider.
export function electronsPerDecade(scale, electrons) {
  const heights = [];
  for (let k = 0; k <= POSITIONS; k++) {
    const level = scale.toLevel(scale.minimum + ((scale.maximum - scale.minimum) * k) / POSITIONS);
    const [below, above] = [level * 10 ** -HALF_STEP, level * 10 ** HALF_STEP];
    heights.push((electrons * (scale.share(below) - scale.share(above))) / (2 * HALF_STEP));
  }
  return heights;
}

// A closed SVG path in a box of 100 x 100, the largest height at the top; by the square root, or the tail, where the
// molecule's surface is, would not be seen.
export function histogramPath(heights) {
  const most = Math.max(...heights, 1e-9);
  const points = heights.map((h, k) =>
    `${((100 * k) / (heights.length - 1)).toFixed(2)} ${(100 - 96 * Math.sqrt(Math.max(0, h) / most)).toFixed(2)}`);
  return `M0 100L${points.join("L")}L100 100Z`;
}

// Position of the slider as a share of its length.
export function shareOfTrack(scale, level) {
  const share = (scale.toPosition(level) - scale.minimum) / (scale.maximum - scale.minimum);
  return Math.min(1, Math.max(0, share));
}
