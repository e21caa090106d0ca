// Whether WebGL is drawn by the processor: a remote desktop, a virtual machine, a test. Smooth edges cost four times the
// points there, a third of a second a frame.

const DRAWN_BY_PROCESSOR = /swiftshader|llvmpipe|softpipe|software|basic render/i;
let found;

export function drawnBySoftware() {
  found ??= ask();
  return found;
}

function ask() {
  const gl = document.createElement("canvas").getContext("webgl");
  if (!gl) return false;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return DRAWN_BY_PROCESSOR.test(name);
}
