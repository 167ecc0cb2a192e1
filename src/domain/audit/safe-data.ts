import { isSecretKey, REDACTED, redactText } from '../text/redact.ts';
import { canonicalJson, isJsonArray, type JsonObject, type JsonValue } from './canonical-json.ts';

/** A label or an answer of a server may be as large as it likes; what it says in so many characters is enough. */
const MAX_TEXT = 8 * 1024;
/** When there are many such texts. */
const SHORT_TEXT = 256;
/** Of these, what saying how much was left out takes. */
const ROOM_FOR_REST = 40;
/** Deeper than anything Mendloop writes, and safe for every recursion. */
const MAX_DEPTH = 32;
/** Characters of one entry's data; above it no SIEM would take the message. */
const MAX_DATA = 256 * 1024;

/**
 * Data as it may be kept for years and sent elsewhere: plain JSON, without any secret that can be recognised, bounded in
 * size and depth, its texts well-formed.
 */
export function safeData(data: JsonObject): JsonObject {
  // What is not JSON becomes it here, before anything is decided by its type.
  const plain = JSON.parse(JSON.stringify(data)) as JsonObject;
  for (const maxText of [MAX_TEXT, SHORT_TEXT]) {
    const safe = safeObject(plain, { maxText, depth: 0, secret: false });
    if (canonicalJson(safe).length <= MAX_DATA) return safe;
  }
  return { omitted: `more than ${MAX_DATA} characters` };
}

/** Text for a field of its own. PostgreSQL keeps no NUL, and UTF-8 no lone surrogate. */
export function safeText(text: string): string {
  return clip(redactText(text.toWellFormed().replaceAll('\0', '\ufffd')), MAX_TEXT);
}

interface Place {
  readonly maxText: number;
  readonly depth: number;
  /** Below a key that names a secret. */
  readonly secret: boolean;
}

function safeObject(object: JsonObject, place: Place): JsonObject {
  // From entries, so that a member named __proto__ stays a member.
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      clip(redactText(key.toWellFormed()), place.maxText),
      safeValue(value, { ...place, depth: place.depth + 1, secret: place.secret || isSecretKey(key) }),
    ]),
  );
}

function safeValue(value: JsonValue, place: Place): JsonValue {
  if (typeof value === 'string') return safeString(value, place);
  if (typeof value === 'number') return place.secret ? REDACTED : value;
  if (typeof value !== 'object' || value === null) return value;
  if (place.depth >= MAX_DEPTH) return '[too deep]';
  if (isJsonArray(value)) return value.map((item) => safeValue(item, { ...place, depth: place.depth + 1 }));
  return safeObject(value, place);
}

function safeString(text: string, { maxText, secret }: Place): string {
  if (secret && text !== '') return REDACTED;
  return clip(redactText(text.toWellFormed()), maxText);
}

/** The beginning of a text and how much more there was, together no longer than `max`. */
function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = max - ROOM_FOR_REST;
  return `${text.slice(0, kept).toWellFormed()}… [${text.length - kept} more characters]`;
}
