// Stage: one 3Dmol viewer and what stands on it - the molecule, the isosurface, the arrows, the camera. Angstrom.
// The meshes go to 3Dmol as typed arrays through GLShape.geo, which is private: the vendored version is pinned, and
// tests/browser holds it. Of what is transparent 3Dmol sorts nothing, so both lobes of a difference are one shape, and a
// second surface is drawn by translucent.js.

import { arrowMeshes } from "./arrows.js";
import { coloringOf } from "./coloring.js";
import { SECOND, SURFACE, isDark, magnitudeColor } from "./palette.js";
import { surface } from "./refined.js";
import { stylesOf } from "./representation.js";
import { nameAtoms } from "./residues.js";
import { skeleton } from "./skeleton.js";
import { drawnBySoftware } from "./software.js";
import { drawSecond } from "./translucent.js";

// Around the nuclei: the surface as it is drawn at first. Fainter ones, and long arrows, reach farther.
const SURROUNDINGS_ANGSTROM = 1.5;
// For a molecule that is moved under a camera that stays: as far as the workshop shifts it along one axis, and a little.
const MOVES_ANGSTROM = 1.2;
const UNTURNED = [0, 0, 0, 1];
// Where it was.
const BEFORE = { radius: 0.09, color: "#a6a6a6" };
// What is looked at fills so much of the frame: its surroundings belong to it.
const FOCUS_ZOOM = 0.6;
// Opacity of two surfaces, against that which was chosen: of the first and of the second, which lies around it or in it, and
// of a density that is glass around lobes.
const OPACITIES = { usual: { surface: 1, second: 0.75 }, glass: { surface: 0.5, second: 1 } };

export class Stage {
  constructor(host, viewer = null) {
    this.host = host;
    this.viewer = viewer ?? globalThis.$3Dmol.createViewer(host, { backgroundAlpha: 1, antialias: !drawnBySoftware() });
    if (!this.viewer) throw new Error("no WebGL");
    this.viewer.setHoverDuration(30);
    this.opacity = 0.6;
    this.surfaceColors = SURFACE.light;
    this.secondColors = SECOND.light;
    this.glass = false;
    this.observer = new ResizeObserver(() => this.viewer.resize());
    this.observer.observe(host);
  }

  dispose() {
    this.observer.disconnect();
    this.viewer.setViewChangeCallback(null);
    this.viewer.clear();
  }

  // Whether it is another one than before.
  setBackground(color) {
    if (color === this.background) return false;
    this.background = color;
    const ground = isDark(color) ? "dark" : "light";
    this.surfaceColors = SURFACE[ground];
    this.secondColors = SECOND[ground];
    this.viewer.setBackgroundColor(color, 1);
    return true;
  }

  // Of a scene. onAtom(index or null) on hover; onPick(index) on click and on tap.
  setMolecule({ elements, positions_angstrom: positions, residues }, onAtom, onPick = onAtom) {
    this.viewer.removeAllModels();
    const lines = elements.map((element, k) => `${element} ${positions.slice(3 * k, 3 * k + 3).join(" ")}`);
    const model = this.viewer.addModel(`${elements.length}\n\n${lines.join("\n")}`, "xyz");
    if (residues) nameAtoms(model, residues);
    Object.assign(this, { model, positions, focused: [] });
    this.setStyles(stylesOf("sticks", coloringOf({ elements }), elements.length));
    model.setHoverable({}, true, (atom) => onAtom(atom.index), () => onAtom(null));
    model.setClickable({}, true, (atom) => (this.onPick ?? onPick)(atom.index));
  }

  // Grey sticks where the atoms were, flat as in a scene; none: they did not move.
  setBefore(positions) {
    this.removeLayer("before");
    this.moves = Boolean(positions?.length);
    if (!positions?.length) return;
    const atoms = this.model.selectedAtoms({}).map(({ elem, bonds }, k) => {
      const [x, y, z] = positions.slice(3 * k, 3 * k + 3);
      return { elem, bonds, x, y, z };
    });
    this.before = this.addLayer([skeleton(atoms, { stick: BEFORE }, () => BEFORE.color)], 1);
  }

  // styles: of representation.js.
  setStyles(styles) {
    this.styles = styles;
    for (const [selection, style] of styles.usual) this.model.setStyle(selection, style);
    if (this.focused.length) this.model.setStyle({ index: this.focused }, styles.focused);
  }

  // Atoms in sight, whichever way they are turned: a sphere around them, in the narrower of both angles of view.
  // 3Dmol's own zoomTo looks at the height only, and at the arrows where they are there already.
  frame(atoms, turned) {
    this.viewer.zoomTo({ index: atoms });
    if (!this.host.clientWidth || !this.host.clientHeight) return;
    const at = (k, axis) => this.positions[3 * k + axis];
    const extreme = (axis, of) => atoms.reduce((found, k) => of(found, at(k, axis)), at(atoms[0], axis));
    const centre = [0, 1, 2].map((axis) => (extreme(axis, Math.min) + extreme(axis, Math.max)) / 2);
    const distances = atoms.map((k) => Math.hypot(...centre.map((middle, axis) => at(k, axis) - middle)));
    const radius = distances.reduce((most, distance) => Math.max(most, distance), 0)
      + SURROUNDINGS_ANGSTROM + (this.moves ? MOVES_ANGSTROM : 0);
    const { fov, CAMERA_Z } = this.viewer;
    const upright = (fov * Math.PI) / 360;
    const across = Math.atan((Math.tan(upright) * this.host.clientWidth) / this.host.clientHeight);
    const away = radius / Math.sin(Math.min(upright, across));
    this.viewer.setView([...centre.map((middle) => -middle), CAMERA_Z - away, ...turned]);
    this.viewer.render();
  }

  // As at first: all in sight, and not turned.
  reset() {
    this.frame(Array.from({ length: this.positions.length / 3 }, (_, k) => k), UNTURNED);
  }

  // These atoms fill the picture, turned as it is.
  goTo(atoms) {
    this.frame(atoms, this.viewer.getView().slice(4));
  }

  // These atoms (indices) stand out, and the camera goes to them where it is to follow; none: all are alike.
  setFocus(atoms, follow) {
    if (String(atoms) === String(this.focused)) return;
    this.focused = atoms;
    this.setStyles(this.styles);
    if (!atoms.length || !follow) return;
    this.viewer.zoomTo({ index: atoms });
    this.viewer.zoom(FOCUS_ZOOM);
  }

  // full: of the force whose arrow has the full length. least: smaller ones are left out.
  setForces(forces, scale, full, least = 0) {
    this.removeLayer("arrows");
    if (!forces || !full) return;
    const meshes = arrowMeshes(this.positions, forces, scale, (magnitude) => magnitudeColor(Math.min(1, magnitude / full)), least, full);
    this.arrows = this.addLayer(meshes, 1);
  }

  // Of a density: a colour of its own, or none among lobes of two colours.
  get densityColor() {
    return this.glass ? this.secondColors.glass : this.surfaceColors.density;
  }

  // value > 0, e/bohr^3; a difference is drawn at +value and -value.
  setLevel(field, value) {
    this.removeLayer("surface");
    const { more, less } = this.surfaceColors;
    this.surface = this.addLayer(tintedSurface(field, value, [this.densityColor, more, less]), this.opacityOf("surface"));
  }

  // A second surface, likewise. colors: of a density, or of what is more and what is less.
  setSecond(field, value, { density, more, less }) {
    this.removeLayer("second");
    this.second = this.addLayer(tintedSurface(field, value, [density, more, less]), this.opacityOf("second"));
    drawSecond(this, this.second);
  }

  // The surface of a density, for `paint` to draw.
  cut(field, value) {
    this.meshes = surface(field, value);
    return this.meshes;
  }

  // colorsOf(mesh): three floats for each vertex.
  paint(colorsOf) {
    this.removeLayer("surface");
    this.surface = this.addLayer(this.meshes.map((mesh) => ({ ...mesh, colors: colorsOf(mesh) })), this.opacityOf("surface"));
  }

  setOpacity(opacity) {
    this.opacity = opacity;
    for (const layer of ["surface", "second"]) if (this[layer]) this[layer].opacity = this.opacityOf(layer);
  }

  opacityOf(layer) {
    return this.opacity * OPACITIES[this.glass ? "glass" : "usual"][layer];
  }

  setShown(layer, shown) {
    if (this[layer]) this[layer].hidden = !shown;
  }

  render() {
    this.viewer.render();
  }

  removeLayer(layer) {
    if (this[layer]) this.viewer.removeShape(this[layer]);
    this[layer] = null;
  }

  addLayer(meshes, opacity) {
    const shape = this.viewer.addShape({ opacity });
    // With a colour of its own render() would paint over the colours of the vertices.
    shape.color = undefined;
    // For files: 3Dmol's own copies are private.
    shape.meshes = meshes;
    for (const { vertices, normals, colors, faces } of meshes) {
      const group = shape.geo.addGeoGroup();
      group.vertexArray = vertices;
      group.normalArray = normals;
      group.colorArray = colors;
      group.faceArray = faces;
      group.lineArray = new Uint16Array(0);
      group.vertices = vertices.length / 3;
      group.faceidx = faces.length;
      group.lineidx = 0;
      group.__inittedArrays = true;
    }
    return shape;
  }

  turn(axis, degrees) {
    this.viewer.rotate(degrees, axis);
  }

  zoom(factor) {
    this.viewer.zoom(factor);
  }

  picture() {
    this.viewer.render();
    return this.viewer.pngURI();
  }
}

function tintedSurface(field, value, [density, more, less]) {
  const meshes = surface(field, value).map((mesh) => tinted(mesh, field.signed ? more : density));
  if (field.signed) meshes.push(...surface(field, -value).map((mesh) => tinted(mesh, less)));
  return meshes;
}

function tinted(mesh, color) {
  const colors = new Float32Array(mesh.vertices.length);
  for (let k = 0; k < colors.length; k += 3) colors.set(color, k);
  return { ...mesh, colors };
}
