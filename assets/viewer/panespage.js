// Linked pictures as a file: draws the scene that stands in the page, as it was shown where it was saved.

import { applyState } from "./address.js";
import { decodeField } from "./field.js";
import { inflated, openPage } from "./openpage.js";
import { Panes } from "./panes.js";
import { decodePotential } from "./potential.js";

export async function showPage() {
  const { root, payload: { scene, fieldsOfPanes, state } } = await openPage();
  // Of py3Dmol the library is used, and a viewer for each picture made instead of its one.
  document.getElementById("py3dmol").remove();
  const panel = new Panes(root, new Map(), scene.panes.length);
  root.panel = panel;
  panel.setBackground("#ffffff");
  const decoded = (name, decode) => Promise.all(fieldsOfPanes.map(async ({ [name]: text }, k) =>
    text && decode(await inflated(text), scene.panes[k])));
  panel.setScene(
    scene, await decoded("field", (bytes) => decodeField(bytes)),
    await decoded("potential", (bytes, { potential }) => decodePotential(bytes, potential.per_hartree)),
    await decoded("formation", (bytes) => decodeField(bytes)));
  applyState(panel, state);
  root.dataset.drawn = scene.identity;
}
