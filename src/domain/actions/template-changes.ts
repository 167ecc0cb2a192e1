import { canonicalJson, type JsonValue } from '../audit/canonical-json.ts';
import type { PodTemplate } from './template-facts.ts';

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string }[];
  readonly resources?: Resources;
}

interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** What people are told at most; the rest is a number. */
const MAX_CHANGES = 12;

/**
 * What differs between two templates, for people: `main: image shop/api:8 -> shop/api:7`. Of images and resources the
 * values, of everything else, the environment above all, only names: values may be secrets.
 */
export function templateChanges(from: PodTemplate, to: PodTemplate): string[] {
  const changes = [
    ...(['initContainers', 'containers'] as const).flatMap((list) => containersOf(list, from, to)),
    ...keysOf(from.spec, to.spec)
      .filter((key) => key !== 'containers' && key !== 'initContainers')
      .map((key) => `${key} changed`),
    ...keysOf(from.metadata?.labels, to.metadata?.labels).map((key) => `label ${key} changed`),
    ...keysOf(from.metadata?.annotations, to.metadata?.annotations).map((key) => `annotation ${key} changed`),
  ];
  const more = changes.length - MAX_CHANGES;
  return more > 0 ? [...changes.slice(0, MAX_CHANGES), `${more} more`] : changes;
}

function containersOf(list: 'initContainers' | 'containers', from: PodTemplate, to: PodTemplate): string[] {
  const [before, after] = [from, to].map(
    ({ spec }) =>
      new Map(
        (((spec ?? {}) as Record<string, unknown>)[list] as Container[] | undefined)?.map((one) => [one.name, one]),
      ),
  );
  const names = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])];
  return names.flatMap((name) => {
    const [old, next] = [before?.get(name), after?.get(name)];
    if (old === undefined) return [`${name}: added`];
    if (next === undefined) return [`${name}: removed`];
    return changesOf(old, next).map((change) => `${name}: ${change}`);
  });
}

function changesOf(from: Container, to: Container): string[] {
  return [
    ...(from.image === to.image ? [] : [`image ${from.image ?? 'none'} -> ${to.image ?? 'none'}`]),
    ...keysOf(byName(from.env), byName(to.env)).map((name) => `env ${name} changed`),
    ...(['requests', 'limits'] as const).flatMap((kind) =>
      keysOf(from.resources?.[kind], to.resources?.[kind]).map((resource) => {
        const value = (of: Container) => of.resources?.[kind]?.[resource] ?? 'none';
        return `${kind} ${resource} ${value(from)} -> ${value(to)}`;
      }),
    ),
    ...keysOf(from, to)
      .filter((key) => !['image', 'env', 'resources'].includes(key))
      .map((key) => `${key} changed`),
  ];
}

function byName(env: Container['env']): Record<string, unknown> {
  return Object.fromEntries((env ?? []).map((one) => [one.name, one]));
}

/** Those whose values differ. */
function keysOf(one: object = {}, other: object = {}): string[] {
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.filter((key) => canonical(left[key]) !== canonical(right[key])).toSorted();
}

function canonical(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value as JsonValue);
}

/** A template as an approver sees it: without what may be secret. */
export function shownTemplate({ metadata, spec }: PodTemplate): object {
  const { containers = [], initContainers = [] } = (spec ?? {}) as Record<string, Container[] | undefined>;
  const shown = ({ name, image, env = [], resources }: Container) => ({
    name,
    image,
    env: env.map((one) => one.name),
    resources,
  });
  return {
    metadata: { labels: metadata?.labels ?? {}, annotations: Object.keys(metadata?.annotations ?? {}).toSorted() },
    spec: { containers: containers.map(shown), initContainers: initContainers.map(shown) },
  };
}
