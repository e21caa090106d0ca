// The camera by keyboard: arrows turn, plus and minus zoom, Home shows everything. Other keys belong to the page.

const TURNS = { ArrowLeft: ["y", -6], ArrowRight: ["y", 6], ArrowUp: ["x", -6], ArrowDown: ["x", 6] };

export function listenToKeys(element, stage) {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (TURNS[event.key]) stage.turn(...TURNS[event.key]);
    else if (event.key === "+" || event.key === "=") stage.zoom(1.15);
    else if (event.key === "-") stage.zoom(1 / 1.15);
    else if (event.key === "Home") stage.frame();
    else return;
    event.preventDefault();
  });
}
