import { setTimeout as sleep } from 'node:timers/promises';
import proto from '@temporalio/proto';
import type { Client, Connection } from '@temporalio/client';
import { GrpcCode, grpcFault, inTime } from './temporal-failure.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

/** Types by name, as the SDK calls them: `KEYWORD`, `DOUBLE`. */
export type AttributeTypes = Readonly<Record<string, string>>;

export interface AttributeFault {
  readonly name: string;
  /** Absent: the namespace does not know the attribute. */
  readonly found?: string;
  readonly wanted: string;
}

/** The attributes that a namespace lacks, or knows under another type. */
export async function faultsOfAttributes(
  connection: Connection,
  { namespace, wanted }: { readonly namespace: string; readonly wanted: AttributeTypes },
): Promise<AttributeFault[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.entries(wanted).flatMap(([name, type]) => {
    const found = customAttributes[name];
    if (found === undefined) return [{ name, wanted: type }];
    return found === valueType(type) ? [] : [{ name, wanted: type, found: nameOf(found) }];
  });
}

/** Adds them; those that are there already must not be among them. Servers take up to a minute to notice. */
export async function addAttributes(
  connection: Connection,
  { namespace, wanted }: { readonly namespace: string; readonly wanted: AttributeTypes },
): Promise<void> {
  const searchAttributes = Object.fromEntries(Object.entries(wanted).map(([name, type]) => [name, valueType(type)]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** A server reads them anew once a minute at the latest. */
const SERVE_ATTEMPTS = 240;
const SERVE_MS = 500;

/** Settles when workflows can be listed by all of these attributes, which is when they can be started with them. */
export async function untilAttributesServe(client: Client, names: readonly string[]): Promise<void> {
  const { namespace } = client.options;
  const query = names.map((name) => `${name} IS NULL`).join(' OR ');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await inTime(client, () => client.workflowService.countWorkflowExecutions({ namespace, query }));
      return;
    } catch (error) {
      if (grpcFault(error)?.code !== GrpcCode.InvalidArgument || attempt === SERVE_ATTEMPTS) throw error;
      await sleep(SERVE_MS);
    }
  }
}

function valueType(type: string) {
  return IndexedValueType[`INDEXED_VALUE_TYPE_${type}` as keyof typeof IndexedValueType];
}

function nameOf(value: proto.temporal.api.enums.v1.IndexedValueType): string {
  return IndexedValueType[value].replace('INDEXED_VALUE_TYPE_', '');
}
