/**
 * Cyclic redundancy check with the polynomial of PNG, zip and Ethernet, 0xEDB88320 reversed.
 *
 * @param bytes - any bytes.
 * @returns an unsigned 32-bit integer.
 */
export function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  }
  return ~remainder >>> 0;
}
