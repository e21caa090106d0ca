// A scalar field as core/view/field.py packs it: 4 bytes header length, JSON header, uint16 codes, z fastest.
// code = 65535 (asinh(v / knee) - low) / (high - low): logarithmic for |v| >> knee, signed, monotone in v, so the
// surface is cut among the codes themselves, and interpolation between them follows the exponential decay.

const BLOCK = 8;
// Along the longest edge: a field of so many points can be cut within a frame.
const COARSE_POINTS = 56;

export function decodeField(buffer) {
  return withBlocks(decodeCodes(buffer));
}

export function withBlocks(field) {
  return { ...field, blocks: blockExtremes(field.codes, field.shape) };
}

function decodeCodes(buffer) {
  const headerBytes = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerBytes)));
  if (header.format !== "rhoscope-field-1") throw new Error("This is not a field of this version.");
  const start = 4 + headerBytes;
  const [nx, ny, nz] = header.shape;
  const codes = new Uint16Array(buffer.slice(start, start + 2 * nx * ny * nz));
  if (codes.length !== nx * ny * nz) throw new Error("The field is shorter than its header says.");
  return { ...header, codes };
}

export function codeOf(field, value) {
  return (65535 * (Math.asinh(value / field.knee) - field.low)) / (field.high - field.low);
}

export function valueOf(field, code) {
  return field.knee * Math.sinh(field.low + ((field.high - field.low) * code) / 65535);
}

// Of a signed field, e/bohr^3: Float32Array, made at the first asking. Where a field changes sign, codes are far from
// linear between two points, and values are not.
export function linearValues(field) {
  field.values ??= Float32Array.from(field.codes, (code) => valueOf(field, code));
  return field.values;
}

// What a field is cut in, nearly linear between two points, and where: codes of a density, values of what has both signs.
// What rises steeply beyond some size (`steep`), as the potential next to a nucleus, by its logarithm there.
export function cutting(field, value) {
  if (!field.signed) return { samples: field.codes, cut: codeOf(field, value) };
  const values = linearValues(field);
  const { steep } = field;
  if (!steep) return { samples: values, cut: value };
  field.softened ??= values.map((one) => Math.asinh(one / steep));
  return { samples: field.softened, cut: Math.asinh(value / steep) };
}

// At vertices, 3 floats each in angstrom: trilinear; NaN where one of the eight points has no value.
export function sample({ values, shape: [nx, ny, nz], origin_angstrom: origin, step_angstrom: step }, vertices) {
  const sampled = new Float32Array(vertices.length / 3);
  for (let k = 0; k < sampled.length; k++) {
    const x = (vertices[3 * k] - origin[0]) / step;
    const y = (vertices[3 * k + 1] - origin[1]) / step;
    const z = (vertices[3 * k + 2] - origin[2]) / step;
    const [i, j, l] = [cell(x, nx), cell(y, ny), cell(z, nz)];
    const [u, v, w] = [x - i, y - j, z - l];
    const at = (i * ny + j) * nz + l;
    const plane = (from) => (1 - v) * ((1 - w) * values[from] + w * values[from + 1])
      + v * ((1 - w) * values[from + nz] + w * values[from + nz + 1]);
    sampled[k] = (1 - u) * plane(at) + u * plane(at + ny * nz);
  }
  return sampled;
}

function cell(x, n) {
  return Math.min(n - 2, Math.max(0, Math.floor(x)));
}

// Every other point, to be cut while a level moves; the field itself where it is as small already. Made once.
export function coarser(field) {
  if (Math.max(...field.shape) <= COARSE_POINTS) return field;
  field.coarse ??= everyOther(field);
  return field.coarse;
}

function everyOther({ codes, shape: [, ny, nz], shape, step_angstrom: step, blocks, values, softened, coarse, scratch, ...header }) {
  const [mx, my, mz] = shape.map((n) => (n + 1) >> 1);
  const fewer = new Uint16Array(mx * my * mz);
  let at = 0;
  for (let x = 0; x < mx; x++)
    for (let y = 0; y < my; y++)
      for (let z = 0, from = (2 * x * ny + 2 * y) * nz; z < mz; z++) fewer[at++] = codes[from + 2 * z];
  const made = { ...header, shape: [mx, my, mz], step_angstrom: 2 * step, codes: fewer };
  return { ...made, blocks: blockExtremes(fewer, made.shape) };
}

// Lowest and highest code in each block of 8^3 cells: a level visits only the blocks that it crosses.
function blockExtremes(codes, [nx, ny, nz]) {
  const counts = [nx, ny, nz].map((n) => Math.max(1, Math.ceil((n - 1) / BLOCK)));
  const total = counts[0] * counts[1] * counts[2];
  const lowest = new Uint16Array(total).fill(65535);
  const highest = new Uint16Array(total);
  let block = 0;
  for (let bx = 0; bx < counts[0]; bx++)
    for (let by = 0; by < counts[1]; by++)
      for (let bz = 0; bz < counts[2]; bz++, block++) {
        const xEnd = Math.min(bx * BLOCK + BLOCK, nx - 1);
        const yEnd = Math.min(by * BLOCK + BLOCK, ny - 1);
        const zEnd = Math.min(bz * BLOCK + BLOCK, nz - 1);
        let low = 65535;
        let high = 0;
        for (let x = bx * BLOCK; x <= xEnd; x++)
          for (let y = by * BLOCK; y <= yEnd; y++)
            for (let i = (x * ny + y) * nz + bz * BLOCK, end = (x * ny + y) * nz + zEnd; i <= end; i++) {
              const code = codes[i];
              if (code < low) low = code;
              if (code > high) high = code;
            }
        lowest[block] = low;
        highest[block] = high;
      }
  return { size: BLOCK, counts, lowest, highest };
}
