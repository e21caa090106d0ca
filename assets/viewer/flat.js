// Layers whose colours are what they say, whichever way they are turned: 3Dmol lights every shape, and a legend would
// not hold on a lit plane. Its materials are made anew at each drawing; here they get its shader for lines, which knows
// no light. Like Stage.addLayer this uses what is private to the vendored version, and tests/browser holds it.

// meshes: { vertices, colors, faces }; normal: of all of them, for files. behind: drawn a little farther off, so that lines on it are not broken by it.
export function addFlatLayer(stage, meshes, normal, behind = false) {
  // 3Dmol turns the offset on for a material that wants it, and leaves it at nothing.
  stage.viewer.renderer.getContext().polygonOffset(1, 4);
  const shape = stage.addLayer(meshes.map((mesh) => ({ ...mesh, normals: alike(normal, mesh.vertices.length) })), 1);
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

function alike(vector, length) {
  const all = new Float32Array(length);
  for (let k = 0; k < length; k += 3) all.set(vector, k);
  return all;
}
