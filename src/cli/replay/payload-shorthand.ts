import proto from '@temporalio/proto';
import { patchProtobufRoot } from '@temporalio/proto/lib/patch-protobuf-root.js';
import type { Field, Type } from 'protobufjs';

const PAYLOAD = '.temporal.api.common.v1.Payload';
const PAYLOADS = '.temporal.api.common.v1.Payloads';
const HISTORY = 'temporal.api.history.v1.History';

type Json = Readonly<Record<string, unknown>>;

/**
 * A history as JSON with each payload whole, and with fields named as JSON names them: programs may keep the names that the
 * protocol has (`event_id`). The Web UI's download of decoded events, and Temporal's HTTP API, write the
 * value that a payload holds in its place.
 *
 * Source: `src/lib/utilities/decode-payload.ts` of temporalio/ui, `common/v1/payload_json.go` of temporalio/api-go.
 */
export function withoutShorthand(history: Json): Json {
  const root = patchProtobufRoot(proto as unknown as Record<string, unknown>) as {
    lookupType?: (name: string) => Type;
  };
  const type = root.lookupType?.(HISTORY);
  if (type === undefined) throw new TypeError(`the types of Temporal have no ${HISTORY}`);
  return restoreMessage(history, type) as Json;
}

function restoreMessage(value: unknown, type: Type): unknown {
  if (type.fullName === PAYLOAD) return isWhole(value) ? withoutRemark(value) : toPayload(value);
  const message = type.fullName === PAYLOADS && Array.isArray(value) ? { payloads: value } : value;
  if (!isObject(message)) return message;
  return Object.fromEntries(
    Object.entries(message).map(([name, child]) => {
      const key = Object.hasOwn(type.fields, name) ? name : inCamelCase(name);
      const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
      return field === undefined ? [name, child] : [key, restoreField(child, field)];
    }),
  );
}

function restoreField(value: unknown, field: Field): unknown {
  const { resolvedType } = field.resolve();
  if (resolvedType === null || !('fields' in resolvedType)) return value;
  const restore = (each: unknown) => restoreMessage(each, resolvedType);
  if (field.map) {
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, restore(child)]));
  }
  return field.repeated && Array.isArray(value) ? value.map(restore) : restore(value);
}

/** Metadata and data, as protobuf's JSON has them. */
function isWhole(value: unknown): value is { metadata: Json } {
  if (!isObject(value) || !isObject(value['metadata'])) return false;
  const metadata = Object.values(value['metadata']);
  return metadata.length > 0 && metadata.every((each) => typeof each === 'string');
}

/** The Web UI writes the name of an encoding that it does not know beside it, and not in base64. */
function withoutRemark({ metadata, ...payload }: { metadata: Json }): Json {
  const { encodingDecoded: _, ...whole } = metadata;
  return { ...payload, metadata: whole };
}

function toPayload(value: unknown): Json {
  if (value === null) return { metadata: { encoding: base64('binary/null') } };
  return { metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(value)) };
}

function inCamelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
