// What a person moves: drawn at most once a frame and coarsely while it moves, and finely when it rests, held or let go.

// After the last step that was drawn.
const REST_MILLISECONDS = 200;

export class Moving {
  // draw(place, moving).
  constructor(draw) {
    Object.assign(this, { draw, place: null, frame: null });
  }

  move(place) {
    this.place = place;
    clearTimeout(this.timer);
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw(this.place, true);
      this.timer = setTimeout(() => this.rest(), REST_MILLISECONDS);
    });
  }

  // Where it was moved to last, if it was not drawn so already.
  rest() {
    const { place } = this;
    this.stop();
    if (place !== null) this.draw(place, false);
  }

  stop() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    Object.assign(this, { place: null, frame: null });
  }
}
