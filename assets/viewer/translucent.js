// Two surfaces that are seen through each other. Of all that is transparent 3Dmol draws what lies foremost at each pixel,
// and nothing behind it. Here the second surface is drawn, the first over it, and the second again where it lies before
// the first: in its right order at every pixel, and nothing hides anything. Like Stage.addLayer this uses what is private
// to the vendored version, and tests/browser holds it.

// shape: the second surface of a stage, as addLayer made it.
export function drawSecond({ viewer: { renderer } }, shape) {
  const draw = shape.globj;
  shape.globj = function globj(...all) {
    draw.apply(this, all);
    for (const mesh of this.renderedShapeObj?.children ?? []) mesh.isSecond = true;
  };
  if (renderer.drawsSecond) return;
  renderer.drawsSecond = true;
  const drawAll = renderer.renderObjects.bind(renderer);
  renderer.renderObjects = (objects, reversed, kind, ...rest) => {
    const seen = objects.filter(({ render, transparent }) => render && transparent);
    const second = seen.filter(({ object }) => object.isSecond);
    const first = seen.filter(({ object }) => !object.isSecond);
    if (!second.length || !first.length || !kind.startsWith("transparent")) {
      drawAll(objects, reversed, kind, ...rest);
      return;
    }
    // Each has its depth drawn just before it.
    if (kind === "transparentDepth") return;
    const foremost = (some) => {
      drawAll(some, true, "transparentDepth", ...rest);
      drawAll(some, false, "transparent", ...rest);
    };
    foremost(second);
    renderer.clear(false, true, false);
    drawAll(objects, true, "opaqueDepth", ...rest);
    foremost(first);
    foremost(second);
  };
}
