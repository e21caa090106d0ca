// The picture, or the linked pictures, as one file that shows them as they are on the screen now: the empty page that
// core/view/html_file.py makes, and in it the scene, the fields that are there, and what a link would say of the view.

import { stateOf } from "./address.js";
import { save } from "./picture.js";

// Beside the modules, and where its payload goes.
const [PAGE, PAGE_OF_PANES] = ["../page", "../panes"];
const PLACE = "@@payload@@";
const FIELDS = ["field", "potential", "formation"];

// view: a Panel or Panes.
export async function downloadPage(view) {
  const page = await (await got(new URL(view.stages ? PAGE_OF_PANES : PAGE, import.meta.url))).text();
  const content = inert(JSON.stringify(await payloadOf(view)));
  const at = page.indexOf(PLACE);
  const file = new Blob([page.slice(0, at), content, page.slice(at + PLACE.length)], { type: "text/html" });
  save(URL.createObjectURL(file), `${view.scene.file_stem}.html`);
}

// What the server would be asked for is not to be had there, and where this picture came from is nobody's business.
async function payloadOf(view) {
  const { link, problems, shown, version, force_part: part, ...scene } = view.scene;
  const { part: _, near, ...state } = stateOf(view);
  Object.assign(scene, { force_part: null, offers_parts: false, offers_formation: false });
  return { scene, state, ...(await (view.stages ? panesInto(scene, view) : pictureInto(scene, view))) };
}

// The forces that are drawn become those of the scene.
async function pictureInto(scene, { parts }) {
  const { forces, arrows } = parts.shown;
  Object.assign(scene, { forces_mev_per_angstrom: forces, arrows, offers_potential: false });
  return fieldsOf(scene);
}

async function panesInto(scene, { forces: drawn }) {
  scene.panes = scene.panes.map((pane, k) => {
    const { forces, arrows } = drawn.of(k);
    return { ...pane, forces_mev_per_angstrom: forces, arrows };
  });
  scene.offers_potential = scene.panes.some(({ potential }) => potential);
  return { fieldsOfPanes: await Promise.all(scene.panes.map(fieldsOf)) };
}

// What a scene or one of its panes refers to, by name; null where there is none.
async function fieldsOf(holder) {
  return Object.fromEntries(await Promise.all(FIELDS.map(async (name) =>
    [name, holder[name] ? await packed(holder[name].url) : null])));
}

async function got(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error("This is no longer on the server. Load the structure again.");
  return response;
}

// A field as the server packed it: gzip, in base64.
async function packed(url) {
  const { body } = await got(new URL(url, document.baseURI));
  const blob = await new Response(body.pipeThrough(new CompressionStream("gzip"))).blob();
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// JSON that can stand in a script element: it holds no `<`, `>` or `&`.
function inert(json) {
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
