// The size in print that a PNG asks for: its pHYs chunk (PNG specification, 11.3.4.3), which a canvas does not write.

const INCH_IN_METRES = 0.0254;
// The signature and the IHDR chunk, which stand first in every PNG.
const AFTER_HEADER = 33;

// The file `bytes` again, at so many dots per inch.
export function withResolution(bytes, dpi) {
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  const perMetre = Math.round(dpi / INCH_IN_METRES);
  view.setUint32(0, 9);
  chunk.set([0x70, 0x48, 0x59, 0x73], 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = 1;
  view.setUint32(17, checksum(chunk.subarray(4, 17)));
  const sized = new Uint8Array(bytes.length + chunk.length);
  sized.set(bytes.subarray(0, AFTER_HEADER));
  sized.set(chunk, AFTER_HEADER);
  sized.set(bytes.subarray(AFTER_HEADER), AFTER_HEADER + chunk.length);
  return sized;
}

// CRC-32 of a few bytes (ISO 3309, as PNG has it).
function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
