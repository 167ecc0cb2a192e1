import { asObject } from './data/object-union.ts';
import type { BundleContent } from './read-bundle.ts';

const PACKAGE = /^package\s+mendloop\.rules(?:\.(\w+)|\["([^"]+)"\])/m;

/** The name of the rule that a file of Rego holds, and where its package begins; undefined where it holds none. */
export function ruleIn(rego: string): { readonly name: string; readonly index: number } | undefined {
  const found = PACKAGE.exec(rego);
  const name = found?.[1] ?? found?.[2];
  return found === null || name === undefined ? undefined : { name, index: found.index };
}

/** The rules of a policy as decisions name them: its own, and `catalogue/ALERT` for each known alert. */
export function ruleNames({ rego, data }: Pick<BundleContent, 'rego' | 'data'>): string[] {
  const own = [...rego.values()].flatMap((text) => ruleIn(text)?.name ?? []);
  const { catalogue, overrides } = asObject(data);
  const alerts = Object.values(asObject(asObject(catalogue)['alerts'])).flatMap((source) =>
    Object.keys(asObject(source)),
  );
  const added = Object.keys(asObject(asObject(overrides)['catalogue']));
  return [...new Set([...own, ...[...alerts, ...added].map((alert) => `catalogue/${alert}`)])].toSorted();
}
