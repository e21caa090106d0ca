// What a slice shows on one stage: the plane in the colours of its field, with contour lines and an edge.

import { contourBands, outline } from "./contours.js";
import { cutting, sample, valueOf } from "./field.js";
import { addFlatLayer } from "./flat.js";
import { section } from "./plane.js";
import { cross, minus } from "./vectors.js";

// Points along the longer side: while the plane moves, and when it rests. More than the field has is for the eye only.
export const COARSE = 72;
export const FINE = 224;
// Pixels of the screen.
const HALF_WIDTHS = { decade: 0.9, half: 0.5, edge: 0.6 };

// At points, 3 floats each in angstrom: what lines are cut in, which is what the field is nearly linear in (`cutting`), and
// the values, in the unit of the field.
export function lookUp(field, points) {
  const measures = sample({ ...field, values: cutting(field, 1).samples }, points);
  const { steep } = field;
  const values = !field.signed ? measures.map((code) => valueOf(field, code))
    : steep ? measures.map((measure) => steep * Math.sinh(measure)) : measures;
  return { measures, values, measureOf: (value) => cutting(field, value).cut };
}

// angstromPerPixel: at the plane. Returns the sheet, null where the plane misses the field.
export function drawSheet(stage, field, box, plane, scale, most, angstromPerPixel) {
  removeSheet(stage);
  const sheet = section(plane, box, most);
  if (!sheet) return null;
  const { measures, values, measureOf } = lookUp(field, sheet.vertices);
  const colors = new Float32Array(3 * values.length);
  for (let k = 0; k < values.length; k++) colors.set(scale.colorOf(values[k]), 3 * k);
  const bands = contourBands(
    sheet, measures, scale.lines.map(({ value }) => measureOf(value)), plane.normal,
    scale.lines.map(({ decade }) => angstromPerPixel * HALF_WIDTHS[decade ? "decade" : "half"]),
    scale.lines.map(({ color }) => color),
  );
  const edge = outline(edgeOf(sheet), plane.normal, angstromPerPixel * HALF_WIDTHS.edge, [0.5, 0.5, 0.5]);
  stage.slice = addFlatLayer(stage, [{ vertices: sheet.vertices, colors, faces: facesOf(sheet) }], plane.normal, true);
  stage.sliceLines = addFlatLayer(stage, [...bands, edge], plane.normal);
  return sheet;
}

export function removeSheet(stage) {
  for (const layer of ["slice", "sliceLines"]) stage.removeLayer(layer);
}

// Up the right ends of the rows and down the left ones; what lies on the line between its neighbours is left out.
function edgeOf({ columns, rows, vertices }) {
  const point = (k) => [...vertices.subarray(3 * k, 3 * k + 3)];
  const right = Array.from({ length: rows }, (_, row) => point(columns * row + columns - 1));
  const left = Array.from({ length: rows }, (_, row) => point(columns * row)).reverse();
  const all = [...right, ...left];
  return all.filter((corner, k) => {
    const [before, after] = [all.at(k - 1), all[(k + 1) % all.length]].map((other) => minus(other, corner));
    return Math.hypot(...cross(before, after)) > 1e-2 * Math.hypot(...before) * Math.hypot(...after);
  });
}

const kept = new Map();

// At most FINE^2 points: within reach of 16-bit indices.
function facesOf({ columns, rows }) {
  const key = `${columns} ${rows}`;
  if (kept.has(key)) return kept.get(key);
  if (kept.size > 40) kept.clear();
  const faces = new Uint16Array(6 * (columns - 1) * (rows - 1));
  let at = 0;
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const from = row * columns + column;
      faces.set([from, from + 1, from + columns, from + 1, from + columns + 1, from + columns], at);
      at += 6;
    }
  kept.set(key, faces);
  return faces;
}
