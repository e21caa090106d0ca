// How large the letters of the page are, and when they become others: in projector mode they are larger.

export const USUAL_PIXELS = 16;

export function letterPixels() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PIXELS;
}

// root: an element of the page; changed(): called while it is there.
export function watchLetters(root, changed) {
  const ruler = document.createElement("span");
  Object.assign(ruler.style, { position: "absolute", width: "1rem", height: 0, visibility: "hidden" });
  ruler.setAttribute("aria-hidden", "true");
  root.append(ruler);
  let before = letterPixels();
  const observer = new ResizeObserver(() => {
    if (before === letterPixels()) return;
    before = letterPixels();
    changed();
  });
  observer.observe(ruler);
}
