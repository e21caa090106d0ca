// The Streamlit component. Streamlit calls `mount` again with the same parent on every message: one Panel per parent, or
// Panes where the scene has such, messages applied in order, and only what changed is done. Cameras outlive the panel, as a page switch destroys it.

import { decodeField } from "./field.js";
import { watchLetters } from "./letters.js";
import { load3dmol, loadField } from "./load.js";
import { MARKUP, Panel } from "./panel.js";
import { downloadPage } from "./pagefile.js";
import { Panes } from "./panes.js";
import { decodePotential } from "./potential.js";
import { Sharing } from "./sharing.js";

const LIBRARY = new URL("../vendor/3dmol/3Dmol-min.js", import.meta.url).href;
const cameras = new Map();
const instances = new WeakMap();

export function mount({ parentElement, data, setStateValue }) {
  let instance = instances.get(parentElement);
  if (!instance) {
    instance = { root: parentElement.querySelector(".rhoscope"), queue: Promise.resolve(), panel: null };
    if (!data.panes.length) instance.root.innerHTML = MARKUP;
    instances.set(parentElement, instance);
  }
  instance.report = setStateValue;
  instance.latest = data;
  instance.queue = instance.queue.then(() => apply(instance, data)).catch((error) => fail(instance, error));
  return () => {
    instances.delete(parentElement);
    instance.sharing?.dispose();
    instance.panel?.dispose();
    instance.closed = true;
  };
}

async function apply(instance, scene) {
  if (instance.closed || scene !== instance.latest) return;
  const address = (reference) => reference && new URL(reference.url, document.baseURI).href;
  const potentialOf = (at) => at && loadField(address(at), (bytes) => decodePotential(bytes, at.per_hartree));
  const [, field, potential, formation, fields, potentials, formations] = await Promise.all([
    load3dmol(LIBRARY),
    scene.field && loadField(address(scene.field), decodeField),
    potentialOf(scene.potential),
    scene.formation && loadField(address(scene.formation), decodeField),
    Promise.all(scene.panes.map((pane) => loadField(address(pane.field), decodeField))),
    Promise.all(scene.panes.map((pane) => potentialOf(pane.potential))),
    Promise.all(scene.panes.map((pane) => pane.formation && loadField(address(pane.formation), decodeField))),
  ]);
  if (instance.closed) return;
  if (!instance.panel) {
    instance.sharing = new Sharing(instance.root);
    const watched = watchedCameras(instance.sharing);
    instance.panel = newView(instance, watched, scene.panes.length);
    // For tests, and for whoever opens the console.
    instance.root.panel = instance.panel;
    watchLetters(instance.root, () => instance.closed || instance.panel.redraw());
  }
  const { panel, root } = instance;
  const otherBackground = panel.setBackground(background(root));
  const identity = scene.identity;
  panel.tellProblems?.(scene.problems);
  if (instance.drawn === identity) {
    if (otherBackground) panel.redraw();
    instance.sharing.update(panel, scene, scene.link);
    return;
  }
  if (scene.panes.length) panel.setScene(scene, fields, potentials, formations);
  else {
    const loader = (reference) => reference && (() => loadField(address(reference), (bytes) => bytes));
    const loaders = { field: loader(scene.coefficients), formation: loader(scene.formation?.coefficients) };
    drawPicture(panel, scene, { field, potential, formation }, loaders);
  }
  instance.drawn = identity;
  root.dataset.atoms = scene.elements.length;
  instance.sharing.update(panel, scene, scene.link);
  root.dataset.drawn = identity;
}

// The cameras, and a word to the address bar whenever one moves.
function watchedCameras(sharing) {
  return {
    get: (key) => cameras.get(key),
    set(key, view) {
      cameras.set(key, view);
      sharing.later();
    },
  };
}

function newView(instance, watched, panes) {
  const panel = panes ? new Panes(instance.root, watched, panes) : new Panel(instance.root, watched);
  offerPage(panel);
  panel.onLevel = (level) => instance.report("level", level);
  panel.onAsked = (name, wish) => instance.report(name, wish);
  return panel;
}

function offerPage(panel) {
  const button = panel.find("save-html");
  button.hidden = false;
  button.addEventListener("click", () => downloadPage(panel).catch((error) => {
    console.error(error);
    if (panel.notes) panel.notes.sayOnce(error.message);
    else panel.say(error.message);
  }));
}

// fields: null each where there is none; loaders: of the coefficients of the field and of the formation.
function drawPicture(panel, scene, { field, potential, formation }, loaders) {
  const other = panel.scene?.structure !== scene.structure;
  if (other) panel.stage.removeLayer("surface");
  panel.setScene(scene);
  panel.shading.setPotential(potential ?? null, other ? scene.shown.includes("potential") : undefined);
  panel.setFormation(formation ?? null, other ? scene.shown.includes("formation") : undefined, loaders.formation);
  panel.find("canvas").setAttribute("aria-label", scene.description);
  if (field) panel.setField(field, loaders.field);
}

function background(root) {
  return getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#ffffff";
}

function fail(instance, error) {
  const webgl = /webgl/i.test(error.message);
  const text = webgl
    ? "This browser offers no WebGL, so there is no picture; the numbers beside it hold."
    : error.message;
  const note = instance.root.querySelector(".note") ?? instance.root;
  note.hidden = false;
  note.textContent = text;
  console.error(error);
}
