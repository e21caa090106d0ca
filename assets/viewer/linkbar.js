// The address bar as a link, and the button that copies it. What is shown is said by the server (core/view/link.py),
// how it is shown by whoever inherits from this. Written in place, but for another structure: the history gets no new
// entry, and the server hears nothing of it, as Streamlit reads the address at a visit's first run and on Back only.

import { arrived, enter, underWay } from "./wayback.js";

const NOTE_MILLISECONDS = 8000;
const bars = new WeakMap();

export class LinkBar {
  constructor(root) {
    this.root = root;
    this.path = location.pathname;
  }

  // link: { address, start, opened, note }.
  setLink(link) {
    this.link = link;
    arrived(link);
    const button = this.find("copy-link");
    button.hidden = false;
    button.onclick = () => this.copy();
  }

  find(name) {
    return this.root.querySelector(`.${name}`);
  }

  // How it is shown: name -> text.
  state() {
    return {};
  }

  write() {
    // The page has been left, and the address is another's.
    if (!this.link || underWay() || location.pathname !== this.path) return;
    const query = new URLSearchParams();
    // Streamlit's own.
    for (const [name, text] of new URLSearchParams(location.search)) if (/^embed/.test(name)) query.append(name, text);
    const state = this.state();
    if (this.link.address)
      for (const [name, text] of Object.entries({ ...this.link.address, ...state })) query.set(name, text);
    const search = String(query) && `?${query}`;
    if (search === location.search) return;
    try {
      enter(this.link.address, `${location.pathname}${search}${location.hash}`);
    } catch (error) {
      // Some browsers allow a hundred of these in half a minute; the next one writes it.
      console.warn(error);
    }
  }

  async copy() {
    this.write();
    const { address, note } = this.link;
    if (!address) return this.say(note);
    const done = await copied(location.href, this.root);
    return this.say(`${done ? "Link copied." : "This browser does not let it be copied: take it from the address bar."} ${note}`);
  }

  // passing: gone after a while.
  say(text, passing = true) {
    const note = this.find("link-note");
    note.textContent = text;
    clearTimeout(this.saying);
    if (passing) this.saying = setTimeout(() => { note.textContent = ""; }, NOTE_MILLISECONDS);
  }
}

// A link without a picture, as a Streamlit component of its own.
export function mount({ parentElement, data }) {
  const bar = bars.get(parentElement) ?? new LinkBar(parentElement.querySelector(".rhoscope"));
  bars.set(parentElement, bar);
  bar.setLink(data.link);
  bar.write();
  return () => {};
}

// Outside of https and localhost there is no clipboard, but an older command.
async function copied(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    Object.assign(field.style, { position: "fixed", opacity: 0 });
    root.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
