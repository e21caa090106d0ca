// The worker of evaluator.js. In: { by } first, "card" or "processor"; { coefficients }, their bytes; { run, points,
// scale }, which ends what is under way; { run: null }, which only does that. Out: { by } as it could be had, then for every
// run { run, codes, milliseconds }, or { run, problem }, or { run } where it was ended.

import { decodeCoefficients } from "./coefficients.js";
import { Splatter } from "./splat.js";
import { Tiler } from "./tiles.js";

let [evaluator, coefficients, latest] = [null, null, null];
let queue = Promise.resolve();

globalThis.onmessage = ({ data }) => {
  if (data.by) {
    const splatter = data.by === "card" ? Splatter.create() : null;
    evaluator = splatter ?? new Tiler();
    globalThis.postMessage({ by: splatter ? "card" : "processor" });
  }
  if (data.coefficients) coefficients = data.coefficients;
  if ("run" in data) latest = data.run;
  // One after the other: they share the evaluator.
  if (data.points) queue = queue.then(() => answer(data));
};

async function answer({ run, points, scale }) {
  const outdated = () => run !== latest;
  try {
    if (coefficients instanceof ArrayBuffer) coefficients = decodeCoefficients(coefficients);
    const started = performance.now();
    const codes = outdated() ? null : await evaluator.evaluate(coefficients, points, scale, outdated);
    const milliseconds = performance.now() - started;
    if (codes) globalThis.postMessage({ run, codes, milliseconds }, [codes.buffer]);
    else globalThis.postMessage({ run });
  } catch (error) {
    globalThis.postMessage({ run, problem: error.message });
  }
}
