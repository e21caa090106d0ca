// One camera for several stages of the same molecule. 3Dmol's own linkViewer draws all of them whenever one is drawn;
// here a stage follows only where the view is another one, and only where it is in sight.

export class CameraLink {
  // seen(stage): whether it is in sight. moved(view): told of every new view.
  constructor(stages, seen, moved) {
    Object.assign(this, { stages, seen, moved });
  }

  start() {
    for (const stage of this.stages) stage.viewer.setViewChangeCallback((view) => this.follow(view));
  }

  stop() {
    for (const stage of this.stages) stage.viewer.setViewChangeCallback(null);
  }

  // Setting the view of a follower calls this again, with the view that all have already.
  follow(view) {
    if (same(view, this.view)) return;
    this.view = view;
    this.moved(view);
    for (const stage of this.stages) if (this.seen(stage)) this.catchUp(stage);
  }

  catchUp(stage) {
    if (this.view && !same(stage.viewer.getView(), this.view)) stage.viewer.setView(this.view);
  }
}

function same(one, other) {
  return Boolean(other) && one.every((x, k) => x === other[k]);
}
