// Linked pictures as a file: draws the scene that stands in the page.

import { decodeField } from "./field.js";
import { inflated, openPage } from "./openpage.js";
import { Panes } from "./panes.js";
import { decodePotential } from "./potential.js";

export async function showPage() {
  const { root, payload: { scene, fields, potentials, formations } } = await openPage();
  // Of py3Dmol the library is used, and a viewer for each picture made instead of its one.
  document.getElementById("py3dmol").remove();
  const panel = new Panes(root, new Map(), scene.panes.length);
  root.panel = panel;
  panel.setBackground("#ffffff");
  const decoded = (given, decode) => Promise.all(given.map(async (text, k) => decode(await inflated(text), k)));
  panel.setScene(
    scene, await decoded(fields, decodeField),
    await decoded(potentials, (bytes, k) => decodePotential(bytes, scene.panes[k].potential.per_hartree)),
    await decoded(formations, decodeField));
  root.dataset.drawn = scene.identity;
}
