// The density at the points of a box from coefficients, in a worker, so that the page never waits: by the graphics card
// (splat.js) or the processor (tiles.js).

export class Evaluator {
  // by: "card" or "processor"; resolves to one that says in `by` what it is, as not every card can.
  static async start(by) {
    const evaluator = new Evaluator();
    ({ by: evaluator.by } = await evaluator.ask({ by }));
    return evaluator;
  }

  constructor() {
    this.worker = new Worker(new URL("./evaluating.js", import.meta.url), { type: "module" });
    this.waiting = new Map();
    this.runs = 0;
    this.worker.onmessage = ({ data }) => this.settle(data.run, (waiting) => waiting.resolve(data));
    this.worker.onerror = (event) => {
      event.preventDefault();
      for (const run of [...this.waiting.keys()])
        this.settle(run, (waiting) => waiting.reject(new Error(event.message || "The worker did not start.")));
    };
  }

  dispose() {
    this.worker.terminate();
  }

  // bytes: as core/view/coefficients.py packs them. points: { shape, origin_bohr, step_bohr }. scale: { knee, low, high }
  // of the codes. An evaluation before it ends. Resolves to { codes, milliseconds }, without both where it was ended, or to
  // { problem }.
  evaluate(bytes, points, { knee, low, high }) {
    if (bytes !== this.bytes) this.worker.postMessage({ coefficients: bytes });
    this.bytes = bytes;
    return this.ask({ run: ++this.runs, points, scale: { knee, low, high } });
  }

  // End what is under way.
  stop() {
    this.worker.postMessage({ run: null });
  }

  ask(message) {
    return new Promise((resolve, reject) => {
      this.waiting.set(message.run, { resolve, reject });
      this.worker.postMessage(message);
    });
  }

  settle(run, how) {
    const waiting = this.waiting.get(run);
    this.waiting.delete(run);
    if (waiting) how(waiting);
  }
}
