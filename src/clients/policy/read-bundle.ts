import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { z } from 'zod';
import { MendloopError } from '../../domain/failures.ts';

/** Unpacked; a policy is a few hundred kilobytes. */
const MAX_BYTES = 64 * 1024 * 1024;

const WANTED = new Set(['policy.wasm', 'data.json', '.manifest']);
const isWanted = (name: string) => WANTED.has(name) || name.endsWith('.rego');

const manifestSchema = z.looseObject({ revision: z.string().default('') });

export interface BundleContent {
  readonly wasm: Uint8Array;
  /** The document that the policy sees as `data`. */
  readonly data: object;
  /** What is left of the sources by the path that OPA gives them, in OPA's own format: lines are not those of the files. */
  readonly rego: ReadonlyMap<string, string>;
  /** As given to `opa build --revision`; without one, the hash of the bundle. */
  readonly revision: string;
}

/**
 * Takes apart a bundle made by `opa build -t wasm`.
 *
 * @throws MendloopError `PolicyUnavailable` for anything that is not a whole bundle.
 */
export async function readBundle(archive: Uint8Array): Promise<BundleContent> {
  const files = await unpack(archive);
  const wasm = files.get('policy.wasm');
  if (wasm === undefined) throw broken('it has no policy.wasm: build it with `opa build -t wasm`');
  const manifest = manifestSchema.safeParse(parse(files.get('.manifest'), '.manifest'));
  if (!manifest.success) throw broken('its .manifest is not one');
  const data = z.looseObject({}).safeParse(parse(files.get('data.json'), 'data.json'));
  if (!data.success) throw broken('its data.json is no object');
  const revision =
    manifest.data.revision || `sha256:${createHash('sha256').update(archive).digest('hex').slice(0, 16)}`;
  const sources = [...files].filter(([name]) => name.endsWith('.rego'));
  const rego = new Map(sources.map(([name, content]) => [name, content.toString('utf8')]));
  return { wasm, data: data.data, rego, revision };
}

async function unpack(archive: Uint8Array): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let total = 0;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      const name = entry.path.replace(/^\.?\//, '');
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => {
        total += chunk.length;
        if (total > MAX_BYTES) parser.abort(new Error(`unpacked it is larger than ${MAX_BYTES} bytes`));
        else if (isWanted(name)) chunks.push(chunk);
      });
      entry.on('end', () => {
        if (isWanted(name)) files.set(name, Buffer.concat(chunks));
      });
    },
  });
  try {
    await pipeline(Readable.from([archive]), createGunzip(), parser);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : 'it cannot be unpacked');
  }
  return files;
}

function parse(file: Buffer | undefined, name: string): unknown {
  if (file === undefined) return {};
  try {
    return JSON.parse(file.toString('utf8'));
  } catch {
    throw broken(`its ${name} is not JSON`);
  }
}

function broken(why: string): MendloopError {
  return new MendloopError('PolicyUnavailable', `the policy bundle cannot be used: ${why}`);
}
