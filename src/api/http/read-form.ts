import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { HttpProblem } from './http-problem.ts';
import { readBody } from './read-json.ts';

/** The fields of a form as browsers send it, of at most `maxBytes`. @throws HttpProblem 415, 413 or 400. */
export async function readForm(request: IncomingMessage, maxBytes: number): Promise<URLSearchParams> {
  const type = request.headers['content-type'] ?? '';
  if (request.headers['content-encoding'] !== undefined || !isForm(type)) {
    throw new HttpProblem(415, { detail: 'Send the form as application/x-www-form-urlencoded.' });
  }
  return new URLSearchParams((await readBody(request, maxBytes)).toString('utf8'));
}

function isForm(contentType: string): boolean {
  try {
    return new MIMEType(contentType).essence === 'application/x-www-form-urlencoded';
  } catch {
    return false;
  }
}
