import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const kindSchema = z.object({ group: z.string(), version: z.string(), kind: z.string() });

/** What is read of a definition of the API server; the rest is passed on. */
const definitionSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  'x-kubernetes-group-version-kind': z.array(kindSchema).optional(),
});
type Definition = z.infer<typeof definitionSchema>;

const openapiSchema = z.object({ definitions: z.record(z.string(), definitionSchema) });

/** Given to `kubeconform -schema-location`. */
export const SCHEMA_LOCATION = '{{ .ResourceKind }}{{ .KindSuffix }}.json';

/**
 * Writes the API server's own schemas as kubeconform looks for them: a file for each kind, strict, with all that it refers
 * to. `openapi` is what `/openapi/v2` answers.
 */
export async function writeKubeSchemas(openapi: unknown, folder: string): Promise<void> {
  const { definitions } = openapiSchema.parse(openapi);
  const strict = Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, strictly(name, one)]));
  await mkdir(folder, { recursive: true });
  const kinds = Object.entries(definitions).flatMap(([name, one]) =>
    (one['x-kubernetes-group-version-kind'] ?? []).map((kind) => ({ name, file: fileName(kind) })),
  );
  await Promise.all(
    kinds.map(async ({ name, file }) => {
      const schema = { $ref: `#/definitions/${name}`, definitions: reachable(name, strict) };
      await writeFile(join(folder, file), JSON.stringify(schema));
    }),
  );
}

/** `deployment-apps-v1.json`, and of the core group `service-v1.json`. */
function fileName({ group, version, kind }: z.infer<typeof kindSchema>): string {
  const [first = ''] = group.split('.');
  return `${[kind.toLowerCase(), first, version].filter((part) => part !== '').join('-')}.json`;
}

/** No key but those that are known; OpenAPI's own formats as JSON Schema has them. */
function strictly(name: string, definition: Definition): unknown {
  if (name.endsWith('.IntOrString')) return { type: ['integer', 'string'] };
  if (name.endsWith('.Quantity')) return { type: ['number', 'string'] };
  const isOpen =
    definition.properties === undefined ||
    'additionalProperties' in definition ||
    'x-kubernetes-preserve-unknown-fields' in definition;
  return isOpen ? definition : { ...definition, additionalProperties: false };
}

function reachable(root: string, definitions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const found = new Map<string, unknown>();
  const open = [root];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.set(name, definitions[name]);
    const text = JSON.stringify(definitions[name] ?? {});
    for (const [, next] of text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) if (next !== undefined) open.push(next);
  }
  return Object.fromEntries(found);
}
