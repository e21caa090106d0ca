// Atoms that the person clicks one after another, until there are as many as are wanted.

export class Picking {
  // done(atoms): told of all of them, by index.
  constructor(wanted, done) {
    Object.assign(this, { wanted, done, stages: [] });
  }

  get on() {
    return this.stages.length > 0;
  }

  // soFar(atoms): told at the start and after each but the last.
  start(stages, soFar) {
    const atoms = [];
    this.stages = stages;
    for (const stage of stages)
      stage.onPick = (atom) => {
        if (!atoms.includes(atom)) atoms.push(atom);
        if (atoms.length < this.wanted) {
          soFar(atoms);
          return;
        }
        this.stop();
        this.done(atoms);
      };
    soFar(atoms);
  }

  stop() {
    for (const stage of this.stages) stage.onPick = null;
    this.stages = [];
  }
}
