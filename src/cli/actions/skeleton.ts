/** Files of a new action by their paths below the checkout, and the line of each half in the catalogue. */
export interface Skeleton {
  readonly files: Readonly<Record<string, string>>;
  readonly lines: readonly { readonly file: string; readonly line: string }[];
}

/**
 * A pair of files that works, with its table and its unit test: it sets `minReadySeconds` of a Deployment, exactly and
 * with an undo, which is what there is to replace.
 */
export function skeletonOf(name: string): Skeleton {
  const kebab = name.replaceAll('_', '-');
  const pascal = name
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  const names = { name, kebab, pascal, camel };
  return {
    files: {
      [`src/domain/actions/${name}/${kebab}.ts`]: pureHalf(names),
      [`src/activities/actions/${name}.ts`]: effectsHalf(names),
      [`test/support/actions/${name}.ts`]: table(names),
      [`test/unit/actions/${kebab}.test.ts`]: unitTest(names),
    },
    lines: [
      {
        file: 'src/domain/actions/catalogue.ts',
        line: `export { ${camel}Action as ${name} } from './${name}/${kebab}.ts';`,
      },
      {
        file: 'src/activities/actions/catalogue.ts',
        line: `export { create${pascal}Effects as ${name} } from './${name}.ts';`,
      },
    ],
  };
}

interface Names {
  readonly name: string;
  readonly kebab: string;
  readonly pascal: string;
  readonly camel: string;
}

function pureHalf({ name, pascal, camel }: Names): string {
  return `import { z } from 'zod';
import { defined } from '../../defined.ts';
import { nameTarget } from '../../target/name-target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import type { FieldEdit } from '../field-edit.ts';
import { namespaced } from '../permission.ts';
import type { SeenTarget } from '../seen-target.ts';

const parametersSchema = z.strictObject({
  /** Seconds for which a Pod must be ready before it counts as available. */
  seconds: z.number().int().min(1).max(3600).default(10),
});
export type ${pascal}Parameters = z.infer<typeof parametersSchema>;

export interface ${pascal}Seen extends SeenTarget {
  /** As it stands; \`null\`: it says nothing, which means zero. */
  readonly seconds: number | null;
}

/** What it does, in one sentence. */
export const ${camel}Action: ActionDefinition<${pascal}Parameters, ${pascal}Seen> = {
  name: '${name}',
  version: 1,
  summary: 'sets how long a Pod must be ready before it counts as available',
  compensation: 'puts it back to what it was',
  parameters: parametersSchema,
  kinds: ['Deployment'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of the field under a field manager of its own for each remediation, by UID',
  permissions: [
    namespaced('apps', ['deployments'], ['get', 'patch'], ['minReadySeconds']),
    namespaced('', ['events'], ['create']),
  ],
  danger: 'What it can make worse, and what keeps that small.',
  proof: [],
  leasable: false,
  describe: ({ seconds }) => \`to \${seconds} s\`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<${pascal}Parameters, ${pascal}Seen>): PlannedChange {
  const { target, uid, labels, heldBy, seconds: from } = seen;
  const { seconds: to } = parameters;
  const change: FieldEdit = { field: ['minReadySeconds'], from, to };
  const { namespace, name } = target;
  const command = (value: number | null) =>
    \`kubectl -n \${namespace} patch deployment \${name} --type merge -p '{"spec":{"minReadySeconds":\${value}}}'\`;
  return defined({
    action: ${camel}Action.name,
    version: ${camel}Action.version,
    target,
    uid,
    change,
    isDone: from === to,
    title: \`set minReadySeconds of \${nameTarget(target)} \${from ?? 0} -> \${to}\`,
    awaits: \`minReadySeconds \${to}\`,
    undo: Undo.Exact,
    manualUndo: from === to ? undefined : command(from),
    command: command(to),
    locks: [],
    readings: [{ name: 'minReadySeconds', text: String(from ?? 0), value: from ?? 0, unit: 's' }],
    heldBy,
    labels,
  });
}
`;
}

function effectsHalf({ name, kebab, pascal }: Names): string {
  return `import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import { inspectObject } from '../../clients/kubernetes/inspect-object.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { fieldEditSchema } from '../../domain/actions/field-edit.ts';
import type { ${pascal}Parameters, ${pascal}Seen } from '../../domain/actions/${name}/${kebab}.ts';
import { createEditEffects } from '../edit-effects.ts';

interface Workload {
  readonly spec?: { readonly minReadySeconds?: number };
}

/** What it does, and what its undo does. */
export function create${pascal}Effects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<${pascal}Parameters, ${pascal}Seen>({
    kubernetes,
    inspect: async ({ target }) => {
      const { object, base } = await inspectObject<Workload>(kubernetes, target);
      return { ...base, seconds: object.spec?.minReadySeconds ?? null };
    },
    termsOf: ({ change }) => fieldTerms(fieldEditSchema.parse(change)),
    // Never what may hold a secret, as the environment of containers.
    shown: ({ spec }) => ({ spec: { minReadySeconds: (spec as Workload['spec'])?.minReadySeconds ?? 0 } }),
  });
}
`;
}

function table({ name }: Names): string {
  return `import type { ActionTable, Here, Subject } from '../action-table.ts';
import { AT_ONCE } from '../node-subject.ts';
import { APP, arrangeWorkload } from '../workload-subject.ts';

async function deployment(here: Here): Promise<Subject> {
  const { path, patch, remove, create } = await arrangeWorkload(here, { kind: 'Deployment', spec: { minReadySeconds: 1 } });
  const read = () => here.cluster.human.get<{ spec: { minReadySeconds?: number } }>(path);
  return {
    ...{ remove, create },
    target: { namespace: here.namespace, kind: 'Deployment', name: APP },
    look: async () => (await read()).spec.minReadySeconds,
    wanted: () => patch({ minReadySeconds: 10 }),
    moved: () => patch({ minReadySeconds: 20 }),
    revert: () => patch({ minReadySeconds: 1 }),
  };
}

export const table: ActionTable = {
  action: '${name}',
  subjects: { 'a Deployment': deployment },
  notMeant: { cancel: AT_ONCE },
};
`;
}

function unitTest({ name, kebab, camel }: Names): string {
  return `import { expect, it } from 'vitest';
import { ${camel}Action } from '../../../src/domain/actions/${name}/${kebab}.ts';

const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };

it('plans the change, and its undo', () => {
  const seen = { target, uid: 'u', labels: {}, objects: [], seconds: 1 };
  const planned = ${camel}Action.plan({ target, parameters: ${camel}Action.parameters.parse({}), seen });
  expect(planned).toMatchObject({ isDone: false, change: { from: 1, to: 10 } });
  expect(planned.manualUndo).toContain('"minReadySeconds":1');
});
`;
}
