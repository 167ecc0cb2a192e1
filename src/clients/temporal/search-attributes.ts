import proto from '@temporalio/proto';
import type { Connection } from '@temporalio/client';

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

function valueType(type: string) {
  return IndexedValueType[`INDEXED_VALUE_TYPE_${type}` as keyof typeof IndexedValueType];
}

function nameOf(value: proto.temporal.api.enums.v1.IndexedValueType): string {
  return IndexedValueType[value].replace('INDEXED_VALUE_TYPE_', '');
}
