// The view as a file: takes over the viewer that py3Dmol made, and draws the scene that stands in the page.

import { decodeField } from "./field.js";
import { MARKUP, Panel } from "./panel.js";
import { decodePotential } from "./potential.js";

export async function showPage(viewerOfPage) {
  const { scene, field, potential, formation } = JSON.parse(document.getElementById("payload").textContent);
  const root = document.querySelector(".rhoscope");
  root.innerHTML = MARKUP;
  document.getElementById("title").textContent = scene.title;
  document.title = scene.title || "Rhoscope";
  await globalThis.$3Dmolpromise;
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
  if (potential) panel.shading.setPotential(decodePotential(await inflate(potential), scene.potential.per_hartree), true, scene.level);
  if (formation) panel.setFormation(decodeField(await inflate(formation)), true);
  panel.setField(decodeField(await inflate(field)));
  root.dataset.drawn = scene.identity;
}

async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
