// Back and Forward: each structure has an entry of its own in the browser's history. Streamlit asks the server anew when
// one is gone back to, with the query of that entry; the server tells it from other runs by RETURNED (core/view/link.py),
// which the next writing of the address takes away again.

// What names a structure, as in core/view/address.py.
const NAMING = ["example", "id", "smiles", "structure", "charge"];
const RETURNED = "returned";

// The server may have nothing to say: a person who cancels sees what was there before.
const PATIENCE_MILLISECONDS = 30_000;

let written = null;
// When one was gone back to whose structure is yet to come; 0: never.
let returned = 0;

// Of a query (URLSearchParams or a record), as one text; empty where it names none.
export function naming(query) {
  const given = query instanceof URLSearchParams ? Object.fromEntries(query) : query;
  return NAMING.filter((name) => given[name]).map((name) => `${name}=${given[name]}`).join("&");
}

// Marks the address that was gone back to; one that was left before it was written has an old mark. Whether there is a
// new mark.
function mark() {
  const query = new URLSearchParams(location.search);
  if (!naming(query) || query.get(RETURNED) === String(returned)) return false;
  returned = Date.now();
  query.set(RETURNED, returned);
  history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`);
  return true;
}

// Before Streamlit hears of it, and asks the server with the address as it then is.
globalThis.navigation?.addEventListener("currententrychange", (event) => {
  if (event.navigationType === "traverse") mark();
});

// In browsers without the Navigation API Streamlit has asked by now, without the mark: it is told again.
addEventListener("popstate", (event) => {
  if (event.isTrusted && mark()) dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
});

// The server has said what it shows. opened: the mark that it followed last, undefined on pages that follow none: where
// it is another one, this was said before, and what was gone back to is yet to come.
export function arrived({ address, opened }) {
  if (!returned || (opened !== undefined && opened !== String(returned))) return;
  written = naming(address ?? {});
  returned = 0;
}

// Whether the server is yet to say what it shows, and the address is not to be written.
export function underWay() {
  return Date.now() - returned < PATIENCE_MILLISECONDS;
}

// Writes `url`, which names the structure of `address`: as a new entry where it is another structure than that of the
// one before.
export function enter(address, url) {
  const named = naming(address ?? {});
  const anew = written && named && named !== written && named !== naming(new URLSearchParams(location.search));
  if (anew) history.pushState({}, "", url);
  else history.replaceState(history.state, "", url);
  written = named;
}
