import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const value = z.looseObject({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  boolValue: z.boolean().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value })).default([]);

const span = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
});
const traces = z.object({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(span) })),
    }),
  ),
});
const logs = z.object({
  resourceLogs: z.array(
    z.looseObject({
      scopeLogs: z.array(
        z.looseObject({
          logRecords: z.array(
            z.looseObject({
              severityText: z.string().default(''),
              body: value,
              traceId: z.string().default(''),
              attributes,
            }),
          ),
        }),
      ),
    }),
  ),
});

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

export interface CollectedLog {
  readonly severity: string;
  readonly body: string;
  readonly traceId: string;
  readonly attributes: Attributes;
}

/** What the Collector's file exporter has written of spans so far. */
export async function readSpans(file: string): Promise<CollectedSpan[]> {
  return (await readLines(file)).flatMap((line) =>
    traces.parse(line).resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((found) => ({
          ...found,
          startNano: BigInt(found.startTimeUnixNano),
          endNano: BigInt(found.endTimeUnixNano),
          attributes: toRecord(found.attributes),
          resource: toRecord(resource.attributes),
        })),
      ),
    ),
  );
}

/** The same of log records. */
export async function readLogs(file: string): Promise<CollectedLog[]> {
  return (await readLines(file)).flatMap((line) =>
    logs.parse(line).resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map(({ severityText, body, traceId, attributes: found }) => ({
          severity: severityText,
          body: body.stringValue ?? '',
          traceId,
          attributes: toRecord(found),
        })),
      ),
    ),
  );
}

async function readLines(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  // The last line may be half-written.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

function toRecord(list: z.infer<typeof attributes>): Attributes {
  return Object.fromEntries(
    list.map(({ key, value: { stringValue, intValue, boolValue } }) => [
      key,
      stringValue ?? (intValue === undefined ? boolValue : Number(intValue)),
    ]),
  );
}
