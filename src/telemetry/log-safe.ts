import { MendloopError } from '../domain/failures.ts';
import { isSecretKey, REDACTED, redactText } from '../domain/text/redact.ts';

/** Deeper values are named, not shown; this also ends cycles. */
const MAX_DEPTH = 6;
/** UTF-16 code units; a label of 100 kB must not flood the log. */
const MAX_TEXT = 4096;
const MAX_ENTRIES = 200;
const MAX_FRAMES = 12;

/** A value as it may be logged: secrets redacted at any depth, errors reduced, size bounded. */
export function logSafe(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return logSafeText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return logSafeError(value, depth);
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[array]' : '[object]';
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => logSafe(item, depth + 1));
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (hasToJson(value)) return logSafe(value.toJSON(), depth + 1);
  return logSafeFields(value, depth);
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** The fields of an object; the ones under a secret's name lose their value whatever it is. */
export function logSafeFields(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .slice(0, MAX_ENTRIES)
      .map(([key, value]) => [key, isSecretKey(key) && value !== undefined ? REDACTED : logSafe(value, depth + 1)]),
  );
}

/** Cut before redacting: the patterns accept a secret that is cut off. */
export function logSafeText(text: string): string {
  return text.length <= MAX_TEXT ? redactText(text) : `${redactText(text.slice(0, MAX_TEXT))}…`;
}

/**
 * Name, message, failure type, code, and of what was not foreseen where it happened. Other fields of an error are
 * dropped, because clients hang responses with headers and bodies on theirs.
 */
function logSafeError(error: Error, depth: number, isForeseen = isExpected(error)): Record<string, unknown> {
  const { type, code, cause } = error as { type?: unknown; code?: unknown; cause?: unknown };
  const frames = isForeseen ? undefined : error.stack?.match(/^ {4}at .*$/gm)?.slice(0, MAX_FRAMES);
  return {
    name: error.name,
    message: logSafeText(errorMessage(error)),
    ...(typeof type === 'string' && type !== error.name ? { type } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(frames === undefined ? {} : { stack: logSafeText(frames.map((frame) => frame.trim()).join('\n')) }),
    ...(cause === undefined || depth >= MAX_DEPTH ? {} : { cause: logSafeCause(cause, depth + 1, isForeseen) }),
  };
}

function logSafeCause(cause: unknown, depth: number, isForeseen: boolean): unknown {
  return cause instanceof Error ? logSafeError(cause, depth, isForeseen || isExpected(cause)) : logSafe(cause, depth);
}

/** A failure of the world outside: its type and message say what there is to say, and a stack only hides them. */
function isExpected(error: Error): boolean {
  return error instanceof MendloopError && error.type !== 'Internal';
}

/** The Kubernetes client writes the response's body and headers, tokens included, into the message. */
export function errorMessage(error: Error): string {
  const end = error.message.search(/\n(?:Body|Headers):/);
  return end === -1 ? error.message : error.message.slice(0, end);
}
