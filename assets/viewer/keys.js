// The picture by keyboard: arrows turn, plus and minus zoom, Home shows everything as at first; n and p go to the next and
// the previous atom, Enter picks it. Other keys belong to the page.

const TURNS = { ArrowLeft: ["y", -6], ArrowRight: ["y", 6], ArrowUp: ["x", -6], ArrowDown: ["x", 6] };

// atoms: { step(1 or -1), pick() }.
export function listenToKeys(element, stage, atoms) {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (TURNS[event.key]) stage.turn(...TURNS[event.key]);
    else if (event.key === "+" || event.key === "=") stage.zoom(1.15);
    else if (event.key === "-") stage.zoom(1 / 1.15);
    else if (event.key === "Home") stage.reset();
    else if (event.key === "n") atoms.step(1);
    else if (event.key === "p") atoms.step(-1);
    else if (event.key === "Enter") atoms.pick();
    else return;
    event.preventDefault();
  });
}
