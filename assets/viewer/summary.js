// The picture in words, for who does not see it: what stands in it now, read out by screen readers once it rests.

export const SUMMARY_MARKUP = `<div class="summary" role="status" aria-live="polite"></div>`;

const REST_MILLISECONDS = 700;

export class Summary {
  // root: an element that holds the markup and all controls. words(): sentences, one string each; empty ones are left out.
  constructor(root, words) {
    Object.assign(this, { place: root.querySelector(".summary"), words });
    root.addEventListener("change", () => this.later());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const text = this.words().filter(Boolean).join(" ");
      // The same words again would be read out again.
      if (text !== this.place.textContent) this.place.textContent = text;
    }, REST_MILLISECONDS);
  }

  dispose() {
    clearTimeout(this.timer);
  }
}

export function atomsSentence({ title, elements }) {
  const count = elements.length;
  return `${title || "Untitled structure"}, ${count.toLocaleString("en")} ${count === 1 ? "atom" : "atoms"}.`;
}

// The longest of the forces (flat, 3 n; meV/angstrom). arrows: what they are called. name(atom): by its index.
export function forcesSentence(arrows, forces, name) {
  const sizes = Array.from({ length: (forces?.length ?? 0) / 3 }, (_, k) => Math.hypot(...forces.slice(3 * k, 3 * k + 3)));
  if (!sizes.length) return "";
  const longest = sizes.reduce((best, size, k) => (size > sizes[best] ? k : best), 0);
  const size = Math.round(sizes[longest]).toLocaleString("en");
  return `Arrows: ${arrows}, the longest ${size} meV per ångström on ${name(longest)}.`;
}
