import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Bytes that compressed ones may become; Temporal keeps 50 MB of a history by default. */
const MAX_UNPACKED = 512 * 1024 * 1024;

/**
 * The text of a file that another program wrote: a shell of Windows writes what a command says as UTF-16, and browsers and
 * servers may leave a download compressed.
 *
 * @throws Error where it was cut off while compressed.
 */
export async function textOf(bytes: Buffer): Promise<string> {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isPacked ? await promisify(gunzip)(bytes, { maxOutputLength: MAX_UNPACKED }) : bytes;
  // A decoder leaves the mark of its encoding out.
  return new TextDecoder(plain[0] === 0xff && plain[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(plain);
}
