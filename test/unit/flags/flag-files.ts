import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createFileProvider } from '../../../src/clients/flags/file-provider.ts';
import { createModeFlags } from '../../../src/clients/flags/mode-flags.ts';
import type { FlagAnswer, ModeQuestion } from '../../../src/domain/decision/mode-flag.ts';
import { Mode } from '../../../src/domain/decision/mode.ts';
import { anAlert } from '../../support/alerts.ts';
import { aPlan } from '../../support/plans.ts';

/** A file in flagd's format with one flag. */
export function flagFile(targeting: unknown = {}, more: Record<string, unknown> = {}): string {
  const variants = { off: 'off', observe: 'observe', approve: 'approve', auto: 'auto' };
  const flag = { state: 'ENABLED', variants, defaultVariant: 'observe', targeting, ...more };
  return JSON.stringify({ flags: { 'mendloop-mode': flag } });
}

/** So many percent of all targets in `auto`. */
export function share(percent: number): unknown {
  return { fractional: [{ var: 'targetingKey' }, ['auto', percent], ['observe', 100 - percent]] };
}

export function aQuestion(
  overrides: {
    name?: string;
    kind?: string;
    mode?: Mode;
    labels?: Record<string, string>;
    rule?: string;
  } = {},
) {
  const {
    name = 'order-service',
    mode = Mode.Auto,
    labels,
    rule = 'order_service_cpu_throttling',
    kind = 'Deployment',
  } = overrides;
  const plan = aPlan({ target: { namespace: 'production', kind, name } });
  const question: ModeQuestion = {
    decision: { verdict: 'plan', rule, plan, mode, policyRevision: 'test' },
    alert: anAlert(labels === undefined ? {} : { labels }),
    cluster: 'default',
  };
  return question;
}

/** Flags on a file of their own in a folder of their own, with what is heard of them. */
export async function someFlags(content: string | undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-flags-'));
  const path = join(folder, 'flags.json');
  if (content !== undefined) await writeFile(path, content);
  const heard: { results: FlagAnswer['result'][]; reloads: number; errors: string[] } = {
    ...{ results: [], reloads: 0, errors: [] },
  };
  const provider = createFileProvider({
    path,
    onReload: () => (heard.reloads += 1),
    onError: (error) => heard.errors.push(error.message),
  });
  const flags = createModeFlags({ provider, onEvaluation: (result) => heard.results.push(result) });
  onTestFinished(async () => {
    await flags.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    path,
    flags,
    heard,
    write: (text: string) => writeFile(path, text),
    /** As ConfigMaps and careful editors do. */
    replace: async (text: string) => {
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    },
    mode: async (question: ModeQuestion = aQuestion()) => (await flags.resolveMode(question)).mode,
  };
}
