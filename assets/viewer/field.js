// A scalar field as core/view/field.py packs it: 4 bytes header length, JSON header, uint16 codes, z fastest.
// code = 65535 (asinh(v / knee) - low) / (high - low): logarithmic for |v| >> knee, signed, monotone in v, so the
// surface is cut among the codes themselves, and interpolation between them follows the exponential decay.

const BLOCK = 8;

export function decodeField(buffer) {
  const field = decodeCodes(buffer);
  return { ...field, blocks: blockExtremes(field.codes, field.shape) };
}

export function decodeCodes(buffer) {
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
