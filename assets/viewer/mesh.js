// What is drawn, as a file for other programs: binary PLY, and glTF in one .glb file. Angstrom, the axes of the
// structure. glTF means metres where nothing is said; here asset.extras says angstrom, as the comments of a PLY do.
// A mesh: vertices, normals and colors (3 floats a vertex, colours sRGB of 0..1), faces (3 indices a triangle), perhaps
// values (1 float a vertex, NaN where there is none), and which surface of several each vertex is of (1, 2...).

const FLOAT = 5126;
const UNSIGNED_INT = 5125;
const [ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER] = [34962, 34963];

// One mesh of the pieces that 3Dmol draws.
export function joined(pieces) {
  const points = pieces.reduce((sum, piece) => sum + piece.vertices.length / 3, 0);
  const valued = pieces.every((piece) => piece.values);
  const mesh = {
    vertices: new Float32Array(3 * points), normals: new Float32Array(3 * points), colors: new Float32Array(3 * points),
    values: valued ? new Float32Array(points) : null,
    faces: new Uint32Array(pieces.reduce((sum, piece) => sum + piece.faces.length, 0)),
  };
  let [first, corner] = [0, 0];
  for (const piece of pieces) {
    for (const name of ["vertices", "normals", "colors"]) mesh[name].set(piece[name], 3 * first);
    mesh.values?.set(piece.values, first);
    for (const index of piece.faces) mesh.faces[corner++] = first + index;
    first += piece.vertices.length / 3;
  }
  return mesh;
}

// The same, closed again where a surface was cut for 16-bit indices: there both pieces have the same vertices.
export function welded(pieces) {
  const mesh = joined(pieces);
  if (pieces.length < 2) return mesh;
  const { vertices } = mesh;
  const bits = new Uint32Array(vertices.buffer);
  const known = new Map();
  const place = new Uint32Array(vertices.length / 3);
  let kept = 0;
  for (let k = 0; k < place.length; k++) {
    const key = `${bits[3 * k]},${bits[3 * k + 1]},${bits[3 * k + 2]}`;
    place[k] = known.get(key) ?? kept;
    if (place[k] !== kept) continue;
    known.set(key, kept);
    for (const name of ["vertices", "normals", "colors"]) mesh[name].copyWithin(3 * kept, 3 * k, 3 * k + 3);
    mesh.values?.copyWithin(kept, k, k + 1);
    kept += 1;
  }
  for (const name of ["vertices", "normals", "colors"]) mesh[name] = mesh[name].slice(0, 3 * kept);
  return { ...mesh, values: mesh.values?.slice(0, kept), faces: mesh.faces.map((index) => place[index]) };
}

// One mesh of whole surfaces, whose vertices say of which they are where there are several.
export function together(surfaces) {
  if (surfaces.length === 1) return surfaces[0];
  const points = ({ vertices }) => vertices.length / 3;
  const valued = surfaces.some(({ values }) => values);
  const filled = surfaces.map((mesh) => ({ ...mesh, values: mesh.values ?? (valued && new Float32Array(points(mesh)).fill(NaN)) }));
  const mesh = joined(filled);
  const surface = new Uint8Array(points(mesh));
  let first = 0;
  surfaces.forEach((one, k) => {
    surface.fill(k + 1, first, first + points(one));
    first += points(one);
  });
  return { ...mesh, surface };
}

// comments: of the header, one line each. valueName: what the values are, a word.
export function ply({ vertices, normals, colors, faces, values, surface }, comments, valueName = "value") {
  const [points, triangles] = [vertices.length / 3, faces.length / 3];
  const property = (type, names) => names.map((name) => `property ${type} ${name}`);
  const header = ["ply", "format binary_little_endian 1.0", ...comments.map((line) => `comment ${plain(line)}`),
    `element vertex ${points}`, ...property("float", ["x", "y", "z", "nx", "ny", "nz"]),
    ...property("uchar", ["red", "green", "blue"]), ...property("float", values ? [valueName] : []),
    ...property("uchar", surface ? ["surface"] : []),
    `element face ${triangles}`, "property list uchar int vertex_indices", "end_header", ""].join("\n");
  const start = new TextEncoder().encode(header);
  const bytes = new Uint8Array(start.length + points * (27 + (values ? 4 : 0) + (surface ? 1 : 0)) + 13 * triangles);
  bytes.set(start);
  const view = new DataView(bytes.buffer);
  let at = start.length;
  const float = (x) => {
    view.setFloat32(at, x, true);
    at += 4;
  };
  for (let k = 0; k < points; k++) {
    for (const source of [vertices, normals]) for (let axis = 0; axis < 3; axis++) float(source[3 * k + axis]);
    for (let channel = 0; channel < 3; channel++) bytes[at++] = Math.round(255 * colors[3 * k + channel]);
    if (values) float(values[k]);
    if (surface) bytes[at++] = surface[k];
  }
  for (let k = 0; k < triangles; k++) {
    bytes[at++] = 3;
    for (let corner = 0; corner < 3; corner++, at += 4) view.setInt32(at, faces[3 * k + corner], true);
  }
  return bytes;
}

// Printable ASCII on one line: a PLY header is read line by line.
function plain(text) {
  return text.replace(/[^ -~]+/g, " ").replaceAll("end_header", "end header").trim().slice(0, 200);
}

// parts: [{ name, mesh, opacity, unlit }]; unlit: its colours are what they say, whatever light there is. about: goes into the file as JSON. valueName: as of `ply`.
export function glb(parts, about, valueName = "value") {
  const chunks = [];
  const bufferViews = [];
  const accessors = [];
  let length = 0;
  const accessor = (array, type, componentType, target, more = {}) => {
    chunks.push(array);
    bufferViews.push({ buffer: 0, byteOffset: length, byteLength: array.byteLength, target });
    length += array.byteLength;
    const count = array.length / (type === "VEC3" ? 3 : 1);
    accessors.push({ bufferView: bufferViews.length - 1, componentType, count, type, ...more });
    return accessors.length - 1;
  };
  const floats = (array, type, more) => accessor(array, type, FLOAT, ARRAY_BUFFER, more);
  const meshes = parts.map(({ name, mesh }, k) => {
    const attributes = {
      POSITION: floats(mesh.vertices, "VEC3", extent(mesh.vertices)),
      NORMAL: floats(mesh.normals, "VEC3"),
      COLOR_0: floats(mesh.colors.map(linear), "VEC3"),
    };
    if (mesh.values) attributes[`_${valueName.toUpperCase()}`] = floats(mesh.values, "SCALAR");
    const indices = accessor(mesh.faces, "SCALAR", UNSIGNED_INT, ELEMENT_ARRAY_BUFFER);
    return { name, primitives: [{ attributes, indices, material: k }] };
  });
  const materials = parts.map(({ name, opacity, unlit }) => ({
    name,
    doubleSided: true,
    pbrMetallicRoughness: { baseColorFactor: [1, 1, 1, opacity], metallicFactor: 0, roughnessFactor: 0.6 },
    ...(opacity < 1 && { alphaMode: "BLEND" }),
    ...(unlit && { extensions: { KHR_materials_unlit: {} } }),
  }));
  const json = {
    asset: { version: "2.0", generator: "Rhoscope", extras: about },
    ...(parts.some(({ unlit }) => unlit) && { extensionsUsed: ["KHR_materials_unlit"] }),
    scene: 0,
    scenes: [{ nodes: parts.map((_, k) => k) }],
    nodes: parts.map(({ name }, k) => ({ name, mesh: k })),
    meshes, materials, accessors, bufferViews,
    buffers: [{ byteLength: length }],
  };
  return container(new TextEncoder().encode(JSON.stringify(json)), chunks, length);
}

// The binary form of glTF 2.0: a header of 12 bytes, then JSON and data, each with its length and kind.
function container(json, chunks, length) {
  const padded = Math.ceil(json.length / 4) * 4;
  const bytes = new Uint8Array(28 + padded + length).fill(0x20, 20, 20 + padded);
  const view = new DataView(bytes.buffer);
  const words = (at, ...numbers) => numbers.forEach((number, k) => view.setUint32(at + 4 * k, number, true));
  words(0, 0x46546c67, 2, bytes.length, padded, 0x4e4f534a);
  bytes.set(json, 20);
  words(20 + padded, length, 0x004e4942);
  let at = 28 + padded;
  for (const chunk of chunks) {
    bytes.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), at);
    at += chunk.byteLength;
  }
  return bytes;
}

function extent(vertices) {
  const [min, max] = [[Infinity, Infinity, Infinity], [-Infinity, -Infinity, -Infinity]];
  for (let k = 0; k < vertices.length; k++) {
    min[k % 3] = Math.min(min[k % 3], vertices[k]);
    max[k % 3] = Math.max(max[k % 3], vertices[k]);
  }
  return { min, max };
}

// Colours of vertices are linear in glTF.
function linear(channel) {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
