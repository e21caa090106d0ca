// Linked pictures as a file: draws the scene that stands in the page.

import { decodeField } from "./field.js";
import { inflated, openPage } from "./openpage.js";
import { Panes } from "./panes.js";

export async function showPage() {
  const { root, payload: { scene, fields } } = await openPage();
  // Of py3Dmol the library is used, and a viewer for each picture made instead of its one.
  document.getElementById("py3dmol").remove();
  const panel = new Panes(root, new Map(), scene.panes.length);
  root.panel = panel;
  panel.setBackground("#ffffff");
  panel.setScene(scene, (await Promise.all(fields.map(inflated))).map(decodeField));
  root.dataset.drawn = scene.identity;
}
