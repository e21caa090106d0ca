// Keeps the piece of the density that a person looks at finer than the grid of the whole molecule, computed in the
// browser from the coefficients whenever the view has come to rest: on the graphics card, or where that cannot or is
// slow, on the processor.

import { Evaluator } from "./evaluator.js";
import { boxFor, canBeFiner, pointsOf, suffices, withRefined } from "./refined.js";

const REST_MILLISECONDS = 300;
const MOST_POINTS = { card: 96 ** 3, processor: 64 ** 3 };
// A card that takes longer than this for a piece is slower than most processors.
const PATIENCE_MILLISECONDS = 2500;
// Unused for so long, card and worker are given back.
const IDLE_MILLISECONDS = 30000;
const EXPLANATION = "How far apart the points are at which this was computed. Where you zoom in, your browser "
  + "computes it anew from the coefficients.";

// Of this visitor's card, once it was found too slow.
let preferred = "card";

export class Refinement {
  // show(field): draw this field, the coarse one or one of withRefined. tell(words, explanation): how fine it is.
  constructor(stage, show, tell) {
    Object.assign(this, { stage, show, tell, run: 0, box: null });
  }

  // load: promises the coefficients as bytes; without it there is only the grid, and where that is fine enough.
  setField(field, load = null) {
    this.stop();
    Object.assign(this, { field, load: canBeFiner(field) ? load : null, box: null });
    this.tellCoarse();
    this.look();
  }

  // The view may be another one.
  look() {
    if (!this.load) return;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.refine(), REST_MILLISECONDS);
  }

  stop() {
    clearTimeout(this.rest);
    this.run++;
    if (this.coming) this.evaluator?.then((evaluator) => evaluator.stop(), () => {});
    this.coming = null;
  }

  dispose() {
    this.stop();
    this.load = null;
    this.release();
  }

  release() {
    clearTimeout(this.idle);
    this.evaluator?.then((evaluator) => evaluator.dispose(), () => {});
    this.evaluator = null;
  }

  releaseLater() {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => (this.coming ? this.releaseLater() : this.release()), IDLE_MILLISECONDS);
  }

  // What is looked at, for boxFor.
  view() {
    const { viewer, host } = this.stage;
    const [x, y, z, away] = viewer.getView();
    const half = (viewer.CAMERA_Z - away) * Math.tan((viewer.fov * Math.PI) / 360);
    return { centre: [-x, -y, -z], half, across: (half * host.clientWidth) / Math.max(1, host.clientHeight) };
  }

  async refine() {
    const { field } = this;
    const view = this.view();
    const wanted = boxFor(field, view, MOST_POINTS[preferred]);
    // What is on its way may do as well.
    if (wanted && suffices(field, this.coming, wanted, view)) return;
    this.stop();
    const { run } = this;
    try {
      if (!wanted) this.drop();
      else if (suffices(field, this.box, wanted, view)) this.tellRefined();
      else await this.replace(wanted, () => run !== this.run);
    } catch (error) {
      if (run !== this.run) return;
      console.error(error);
      this.release();
      this.coming = null;
      this.drop();
      this.tell(`Not refined here; ${this.coarseWords()}`, `${error.message} ${EXPLANATION}`);
    }
  }

  // Another piece in the place of the one there is.
  async replace(box, outdated) {
    const { field } = this;
    this.coming = box;
    this.tell("Refining here…", EXPLANATION);
    const bytes = await this.load();
    if (outdated()) return;
    this.evaluator ??= Evaluator.start(preferred);
    this.releaseLater();
    const evaluator = await this.evaluator;
    if (outdated()) return;
    const limit = preferred === "card" ? [new Promise((resolve) => setTimeout(() => resolve({}), PATIENCE_MILLISECONDS))] : [];
    const answer = evaluator.by !== preferred ? {} : await Promise.race([evaluator.evaluate(bytes, pointsOf(field, box), field), ...limit]);
    if (outdated()) return;
    if (answer.codes) {
      this.show(withRefined(field, box, answer.codes));
      Object.assign(this, { box, coming: null, by: evaluator.by, milliseconds: answer.milliseconds });
      this.tellRefined();
      this.releaseLater();
    } else if (preferred === "processor") throw new Error(answer.problem);
    else {
      // No card, or one that is slow or failed: a smaller piece, by the processor.
      if (answer.problem) console.warn(answer.problem);
      preferred = "processor";
      this.release();
      this.coming = null;
      await this.refine();
    }
  }

  drop() {
    if (this.box) this.show(this.field);
    this.box = null;
    this.tellCoarse();
  }

  coarseWords() {
    return `grid of the whole molecule, ${this.field.step_angstrom.toFixed(2)} Å`;
  }

  // Nothing where nothing finer is to be had.
  tellCoarse() {
    const words = this.coarseWords();
    if (this.load) this.tell(words[0].toUpperCase() + words.slice(1), EXPLANATION);
    else this.tell("", "");
  }

  tellRefined() {
    const step = (this.field.step_angstrom / this.box.times).toFixed(2);
    const by = this.by === "card" ? "graphics card" : "processor";
    this.tell(`Refined here: ${step} Å from coefficients`, `By your ${by}, in ${Math.round(this.milliseconds)} ms. ${EXPLANATION}`);
  }
}
