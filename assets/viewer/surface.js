// Isosurface of a field by marching cubes (Lorensen and Cline 1987) with linear interpolation along the edges and
// normals from the gradient: of the codes, which follow the exponential decay of a density, or of the values themselves
// where they have both signs. The 256 cases are derived, not tabulated: on every face of the cube each
// run of inside corners is cut off by itself, a rule that neighbouring cubes share, so the surface has no holes.
// Corner c = dx + 2 dy + 4 dz. Edge = 4 axis + index among the four corners whose bit `axis` is 0.

import { codeOf, cutting } from "./field.js";

// 3Dmol draws with 16-bit indices.
const CHUNK_VERTICES = 65000;

const EDGE_CORNERS = [];
const EDGE_OF = new Map();
for (let axis = 0; axis < 3; axis++)
  for (let corner = 0; corner < 8; corner++)
    if (!(corner & (1 << axis))) {
      EDGE_OF.set(corner * 8 + (corner | (1 << axis)), EDGE_CORNERS.length);
      EDGE_OF.set((corner | (1 << axis)) * 8 + corner, EDGE_CORNERS.length);
      EDGE_CORNERS.push([axis, corner]);
    }

function facesOfCube() {
  const faces = [];
  for (let axis = 0; axis < 3; axis++) {
    const b = 1 << ((axis + 1) % 3);
    const c = 1 << ((axis + 2) % 3);
    const loop = [0, b, b | c, c];
    faces.push(loop.map((corner) => corner | (1 << axis)), [...loop].reverse());
  }
  return faces;
}

function trianglesOfCases() {
  const faces = facesOfCube();
  const cases = [];
  for (let mask = 0; mask < 256; mask++) {
    const next = new Map();
    for (const face of faces)
      for (let k = 0; k < 4; k++) {
        const [outside, inside] = [face[k], face[(k + 1) % 4]];
        if (mask & (1 << outside) || !(mask & (1 << inside))) continue;
        let end = (k + 1) % 4;
        while (mask & (1 << face[(end + 1) % 4])) end = (end + 1) % 4;
        next.set(EDGE_OF.get(face[end] * 8 + face[(end + 1) % 4]), EDGE_OF.get(outside * 8 + inside));
      }
    const triangles = [];
    while (next.size) {
      const loop = [];
      let edge = next.keys().next().value;
      while (next.has(edge)) {
        loop.push(edge);
        const following = next.get(edge);
        next.delete(edge);
        edge = following;
      }
      for (let k = 2; k < loop.length; k++) triangles.push(loop[0], loop[k], loop[k - 1]);
    }
    cases.push(Uint8Array.from(triangles));
  }
  return cases;
}

const CASES = trianglesOfCases();
const EDGE_AXIS = Uint8Array.from(EDGE_CORNERS, ([axis]) => axis);
const EDGE_BASE = Uint8Array.from(EDGE_CORNERS, ([, corner]) => corner);

// Meshes of at most 65 000 vertices: { vertices, normals } (3 floats each, angstrom) and { faces } (uint16).
// `value` > 0 cuts what is above it, < 0 what is below it. Cells of field.hole, { from, to }, are left out.
export function isosurface(field, value) {
  const { codes, blocks, hole } = field;
  const [nx, ny, nz] = field.shape;
  const code = codeOf(field, value);
  const { samples, cut } = cutting(field, value);
  const below = value < 0;
  const strides = [ny * nz, nz, 1];
  const corners = [];
  for (let c = 0; c < 8; c++) corners.push((c & 1) * strides[0] + ((c >> 1) & 1) * strides[1] + (c >> 2));
  const scratch = field.scratch ?? (field.scratch = newScratch(codes.length));
  const edgeVertex = scratch.edgeVertex.fill(-1);
  const meshes = [];
  let [nVertices, nIndices] = [0, 0];

  const close = () => {
    if (!nIndices) return;
    meshes.push({
      vertices: scratch.vertices.slice(0, 3 * nVertices),
      normals: scratch.normals.slice(0, 3 * nVertices),
      faces: scratch.faces.slice(0, nIndices),
    });
    nVertices = nIndices = 0;
    edgeVertex.fill(-1);
  };

  const slope = (i, position, n, stride) =>
    position === 0 ? 2 * (samples[i + stride] - samples[i])
      : position === n - 1 ? 2 * (samples[i] - samples[i - stride]) : samples[i + stride] - samples[i - stride];

  const addVertex = (axis, i, x, y, z) => {
    const stride = strides[axis];
    const t = (cut - samples[i]) / (samples[i + stride] - samples[i]);
    const at = 3 * nVertices;
    const step = field.step_angstrom;
    scratch.vertices[at] = field.origin_angstrom[0] + step * (x + (axis === 0 ? t : 0));
    scratch.vertices[at + 1] = field.origin_angstrom[1] + step * (y + (axis === 1 ? t : 0));
    scratch.vertices[at + 2] = field.origin_angstrom[2] + step * (z + (axis === 2 ? t : 0));
    const j = i + stride;
    const gx = (1 - t) * slope(i, x, nx, strides[0]) + t * slope(j, axis === 0 ? x + 1 : x, nx, strides[0]);
    const gy = (1 - t) * slope(i, y, ny, strides[1]) + t * slope(j, axis === 1 ? y + 1 : y, ny, strides[1]);
    const gz = (1 - t) * slope(i, z, nz, 1) + t * slope(j, axis === 2 ? z + 1 : z, nz, 1);
    const length = (below ? 1 : -1) * (Math.sqrt(gx * gx + gy * gy + gz * gz) || 1);
    scratch.normals[at] = gx / length;
    scratch.normals[at + 1] = gy / length;
    scratch.normals[at + 2] = gz / length;
    return nVertices++;
  };

  const cell = (i, x, y, z) => {
    let mask = 0;
    for (let c = 0; c < 8; c++) if (below ? samples[i + corners[c]] < cut : samples[i + corners[c]] > cut) mask |= 1 << c;
    if (mask === 0 || mask === 255) return;
    if (nVertices > CHUNK_VERTICES - 12) close();
    const triangles = CASES[mask];
    for (let k = 0; k < triangles.length; k++) {
      const axis = EDGE_AXIS[triangles[k]];
      const corner = EDGE_BASE[triangles[k]];
      const from = i + corners[corner];
      const slot = 3 * from + axis;
      let vertex = edgeVertex[slot];
      if (vertex < 0)
        vertex = edgeVertex[slot] = addVertex(axis, from, x + (corner & 1), y + ((corner >> 1) & 1), z + (corner >> 2));
      if (nIndices === scratch.faces.length) scratch.faces = grown(scratch.faces);
      scratch.faces[nIndices++] = vertex;
    }
  };

  let block = 0;
  for (let bx = 0; bx < blocks.counts[0]; bx++)
    for (let by = 0; by < blocks.counts[1]; by++)
      for (let bz = 0; bz < blocks.counts[2]; bz++, block++) {
        if (blocks.lowest[block] > code || blocks.highest[block] < code) continue;
        const xEnd = Math.min((bx + 1) * blocks.size, nx - 1);
        const yEnd = Math.min((by + 1) * blocks.size, ny - 1);
        const zEnd = Math.min((bz + 1) * blocks.size, nz - 1);
        for (let x = bx * blocks.size; x < xEnd; x++)
          for (let y = by * blocks.size; y < yEnd; y++) {
            const crossing = hole && x >= hole.from[0] && x < hole.to[0] && y >= hole.from[1] && y < hole.to[1];
            for (let z = bz * blocks.size; z < zEnd; z++) {
              if (crossing && z >= hole.from[2] && z < hole.to[2]) continue;
              cell((x * ny + y) * nz + z, x, y, z);
            }
          }
      }
  close();
  return meshes;
}

function newScratch(points) {
  return {
    edgeVertex: new Int32Array(3 * points),
    vertices: new Float32Array(3 * CHUNK_VERTICES),
    normals: new Float32Array(3 * CHUNK_VERTICES),
    faces: new Uint16Array(1 << 18),
  };
}

function grown(array) {
  const larger = new Uint16Array(2 * array.length);
  larger.set(array);
  return larger;
}
