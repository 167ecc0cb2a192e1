import type { WorkflowInfo } from '@temporalio/workflow';
import { z } from 'zod';
import { searchAttributes } from '../contract/search-attributes.ts';

type Name = keyof typeof searchAttributes;

/** What is left of typed search attributes once they have been copied out of the workflow's sandbox. */
const copied = z.object({ searchAttributes: z.record(z.string(), z.object({ _value: z.unknown() })) });

/** The search attributes that a workflow has given itself, as a sink gets to see them, under our names for them. */
export function indexedValues(info: WorkflowInfo): Partial<Record<Name, string>> {
  const found = copied.safeParse(info.typedSearchAttributes).data?.searchAttributes ?? {};
  return Object.fromEntries(
    Object.entries(searchAttributes).flatMap(([name, key]) => {
      const value = found[key.name]?._value;
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
