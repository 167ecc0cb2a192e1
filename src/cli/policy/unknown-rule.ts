import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBundle } from '../../clients/policy/read-bundle.ts';
import { ruleNames } from '../../clients/policy/rule-names.ts';
import { didYouMean } from '../../config/did-you-mean.ts';
import type { PolicySettings } from '../../config/policy-schema.ts';
import { packageRoot } from '../../local/package-root.ts';
import { POLICY_BUNDLE } from '../../workers/policy-bundle.ts';

/**
 * Why a name is that of no rule; undefined if it is one. What rules there are is in the bundle: of an OPA server's policy
 * nothing is known here, and of a bundle that is not at hand neither, so that every name passes.
 */
export async function unknownRule(rule: string, settings: PolicySettings): Promise<Error | undefined> {
  if (settings.engine === 'server') return undefined;
  const file = settings.bundle ?? join(packageRoot(), POLICY_BUNDLE);
  const content = await readFile(file).catch(() => undefined);
  if (content === undefined) return undefined;
  const names = ruleNames(await readBundle(content));
  if (names.includes(rule)) return undefined;
  const meant = didYouMean(rule, names);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new Error(`there is no such rule: ${rule}${hint} (policy ${file})`);
}
