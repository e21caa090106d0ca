// The view as a file: takes over the viewer that py3Dmol made, and draws the scene that stands in the page, as it was
// shown where it was saved.

import { applyState } from "./address.js";
import { decodeField } from "./field.js";
import { inflated, openPage } from "./openpage.js";
import { MARKUP, Panel } from "./panel.js";
import { decodePotential } from "./potential.js";

export async function showPage(viewerOfPage) {
  const { root, payload: { scene, field, potential, formation, state } } = await openPage();
  root.innerHTML = MARKUP;
  const made = viewerOfPage();
  const canvas = root.querySelector(".canvas");
  const holder = document.getElementById("py3dmol").firstElementChild;
  canvas.append(holder);
  Object.assign(holder.style, { position: "absolute", inset: 0, width: "100%", height: "100%" });
  made.resize();
  const panel = new Panel(root, new Map(), made);
  root.panel = panel;
  panel.setBackground("#ffffff");
  panel.setScene(scene);
  panel.shading.setPotential(potential && decodePotential(await inflated(potential), scene.potential.per_hartree), false);
  panel.setFormation(formation && decodeField(await inflated(formation)), false);
  panel.setField(decodeField(await inflated(field)));
  applyState(panel, state);
  root.dataset.drawn = scene.identity;
}
