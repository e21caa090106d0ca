// Layers whose colours are what they say, whichever way they are turned: 3Dmol lights every shape, and a legend would
// not hold on a lit plane. Its materials are made anew at each drawing; here they get its shader for lines, which knows
// no light. Like Stage.addLayer this uses what is private to the vendored version, and tests/browser holds it.

// meshes: { vertices, colors, faces }. behind: drawn a little farther off, so that lines on it are not broken by it.
export function addFlatLayer(stage, meshes, behind = false) {
  // 3Dmol turns the offset on for a material that wants it, and leaves it at nothing.
  stage.viewer.renderer.getContext().polygonOffset(1, 4);
  const shape = stage.addLayer(meshes.map((mesh) => ({ ...mesh, normals: new Float32Array(mesh.vertices.length) })), 1);
  const draw = shape.globj;
  shape.globj = function globj(...all) {
    draw.apply(this, all);
    for (const { material } of this.renderedShapeObj?.children ?? []) {
      material.shaderID = "basic";
      material.polygonOffset = behind;
    }
  };
  return shape;
}
