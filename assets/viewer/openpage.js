// A picture that is a file: what stands in its page.

// Where to draw, and what. 3Dmol is there then.
export async function openPage() {
  const payload = JSON.parse(document.getElementById("payload").textContent);
  document.getElementById("title").textContent = payload.scene.title;
  document.title = payload.scene.title || "Rhoscope";
  await globalThis.$3Dmolpromise;
  return { root: document.querySelector(".rhoscope"), payload };
}

export async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
