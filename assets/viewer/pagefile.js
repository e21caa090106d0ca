// The picture as one file that shows it as it is on the screen now: the empty page that core/view/html_file.py makes, and in
// it the scene, the fields that are there, and what a link would say of the view.

import { stateOf } from "./address.js";
import { save } from "./picture.js";

// Beside the modules, and where its payload goes.
const PAGE = "../page";
const PLACE = "@@payload@@";
const FIELDS = ["field", "potential", "formation"];

export async function downloadPage(panel) {
  const page = await (await got(new URL(PAGE, import.meta.url))).text();
  const content = inert(JSON.stringify(await payloadOf(panel)));
  const at = page.indexOf(PLACE);
  const file = new Blob([page.slice(0, at), content, page.slice(at + PLACE.length)], { type: "text/html" });
  save(URL.createObjectURL(file), `${panel.scene.file_stem}.html`);
}

// What the server would be asked for is not to be had there, and where this picture came from is nobody's business.
async function payloadOf(panel) {
  const { link, problems, shown, version, force_part: part, ...scene } = panel.scene;
  const { part: _, near, ...state } = stateOf(panel);
  const { forces, arrows } = panel.parts.shown;
  Object.assign(scene, {
    forces_mev_per_angstrom: forces, arrows, force_part: null, offers_parts: false, offers_potential: false, offers_formation: false,
  });
  const fields = await Promise.all(FIELDS.map(async (name) => [name, scene[name] ? await packed(scene[name].url) : null]));
  return { scene, state, ...Object.fromEntries(fields) };
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
