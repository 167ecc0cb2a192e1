import { randomUUID } from 'node:crypto';
import { NOOP_PROVIDER, OpenFeature, type Provider } from '@openfeature/server-sdk';
import type { Decision } from '../../domain/decision.ts';
import { Mode } from '../../domain/decision/mode.ts';
import {
  effectiveMode,
  type FlagAnswer,
  isMode,
  MODE_FLAG,
  type ModeAsk,
  type ModeContext,
  modeContext,
  type ModeQuestion,
} from '../../domain/decision/mode-flag.ts';
import { silent } from './flag-file.ts';

/**
 * Milliseconds that a decision waits for its flag: deciding is a local activity, which holds the workflow up while it
 * runs and is given up after three seconds.
 */
const PATIENCE_MS = 1000;

export interface ModeFlags {
  /** The mode that holds for a plan, from policy and flag together. Never rejects: a flag that fails is `observe`. */
  resolveMode(question: ModeQuestion): Promise<NonNullable<Decision['effectiveMode']>>;
  /** The same, asked again. */
  resolveAgain(ask: ModeAsk): Promise<NonNullable<Decision['effectiveMode']>>;
  close(): Promise<void>;
}

export interface ModeFlagsOptions {
  readonly provider: Provider;
  /** Called for every evaluation. */
  readonly onEvaluation?: (result: FlagAnswer['result']) => void;
}

/** The flag `mendloop-mode` by any OpenFeature provider. Usable at once: the first question waits for the provider. */
export function createModeFlags({ provider, onEvaluation }: ModeFlagsOptions): ModeFlags {
  // OpenFeature is one registry a process; a domain of our own keeps several Mendloops in it apart.
  const domain = `mendloop-${randomUUID()}`;
  const ready = OpenFeature.setProviderAndWait(domain, provider).catch(() => undefined); // Seen at each evaluation.
  const client = OpenFeature.getClient(domain).setLogger(silent);

  async function ask(context: ModeContext): Promise<FlagAnswer> {
    await ready;
    const { value, errorCode } = await client.getStringDetails(MODE_FLAG, Mode.Observe, { ...context });
    if (errorCode !== undefined) return { result: 'failed' };
    return isMode(value) ? { result: 'resolved', mode: value } : { result: 'unknown_variant' };
  }

  async function resolve(policy: Mode, context: ModeContext) {
    const answer = await inTime(ask(context)).catch((): FlagAnswer => ({ result: 'failed' }));
    onEvaluation?.(answer.result);
    return effectiveMode(policy, answer);
  }

  return {
    resolveMode: (question) => resolve(question.decision.mode, modeContext(question)),
    resolveAgain: ({ policy, context }) => resolve(policy, context),
    async close() {
      await OpenFeature.setProviderAndWait(domain, NOOP_PROVIDER); // It closes the provider that was there.
    },
  };
}

async function inTime(asking: Promise<FlagAnswer>): Promise<FlagAnswer> {
  const late = Promise.withResolvers<FlagAnswer>();
  const timer = setTimeout(() => {
    late.resolve({ result: 'failed' });
  }, PATIENCE_MS);
  try {
    return await Promise.race([asking, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
