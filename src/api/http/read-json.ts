import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { HttpProblem } from './http-problem.ts';
import { beyondLimits } from './json-shape.ts';

/** Arrays and objects in each other; Alertmanager's webhook and our own API need four. */
const MAX_DEPTH = 64;
/** Keys of one object; an alert with more labels than can be stored is still told from the others of its group. */
const MAX_KEYS = 10_000;
/** Bytes for each key, array and object of the largest body, on average: alerts of nothing but names are not denser. */
const BYTES_A_PART = 12;

/**
 * Reads a JSON body of at most `maxBytes`. Compressed bodies are refused rather than inflated within a bound:
 * Alertmanager never sends one, and what is not inflated cannot burst.
 *
 * @throws HttpProblem 415, 413 or 400.
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  requireJson(request);
  const body = await readBody(request, maxBytes);
  requireShape(body, maxBytes);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new HttpProblem(400, { kind: 'json-invalid', detail: 'The body is not valid UTF-8.' });
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold a secret.
    throw new HttpProblem(400, { kind: 'json-invalid', detail: 'The body is not valid JSON.' });
  }
}

/** @throws HttpProblem 400 for what would keep the process busy for long, whatever it says. */
function requireShape(body: Uint8Array, maxBytes: number): void {
  const parts = Math.max(1000, Math.floor(maxBytes / BYTES_A_PART));
  switch (beyondLimits(body, { depth: MAX_DEPTH, keys: MAX_KEYS, parts })) {
    case 'depth':
      throw new HttpProblem(400, { kind: 'json-too-deep', detail: `The body is nested more than ${MAX_DEPTH} deep.` });
    case 'keys':
      throw new HttpProblem(400, { kind: 'json-too-wide', detail: `An object has more than ${MAX_KEYS} keys.` });
    case 'parts':
      throw new HttpProblem(400, { kind: 'json-too-wide', detail: `The body has more than ${parts} keys and lists.` });
    case undefined:
  }
}

function requireJson(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw new HttpProblem(415, { detail: 'Send the body uncompressed.', headers: { 'Accept-Encoding': 'identity' } });
  }
  if (!isJson(request.headers['content-type'])) {
    throw new HttpProblem(415, {
      detail: 'Send the body as application/json in UTF-8.',
      headers: { Accept: 'application/json' },
    });
  }
}

function isJson(contentType: string | undefined): boolean {
  try {
    const type = new MIMEType(contentType ?? '');
    const charset = type.params.get('charset')?.toLowerCase() ?? 'utf-8';
    return type.essence === 'application/json' && ['utf-8', 'utf8'].includes(charset);
  } catch {
    return false;
  }
}

/** A body of at most `maxBytes`. @throws HttpProblem 413 or 400. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new HttpProblem(413, { detail: `The body is larger than ${maxBytes} bytes.` });
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (end: () => void) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      end();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        settle(() => {
          reject(tooLarge());
        });
      }
    };
    const onEnd = () => {
      settle(() => {
        resolve(Buffer.concat(chunks, size));
      });
    };
    const onClose = () => {
      settle(() => {
        reject(new HttpProblem(400, { detail: 'The client left before its body was complete.' }));
      });
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

/**
 * Takes the rest of a body that nobody will read, so that the client gets to see the answer, but no more of it than
 * `maxBytes`: then the connection is cut. Without this, Node discards without end.
 */
export function discardRest(request: IncomingMessage, maxBytes: number): void {
  if (request.complete || request.destroyed) return;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) request.socket.destroy();
  });
}
