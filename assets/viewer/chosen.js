// The level of the density that a person chose last, over changes of the page and of the structure. e/bohr^3.

let level = null;
let moment = 0;

export function keepLevel(value) {
  level = value;
  moment += 1;
}

// level: null where none was chosen. moment: how many were, to tell what came later.
export function kept() {
  return { level, moment };
}

// Where the surface of a scene starts. usual: where it does if nothing was chosen.
export function firstLevel({ moves }, usual) {
  return moves ? usual : level ?? usual;
}
