import { createHash } from 'node:crypto';
import type { FlagdCore } from '@openfeature/flagd-core';
import { type EvaluationContext, type JsonValue, type Provider, ProviderNotReadyError } from '@openfeature/server-sdk';
import { followFile } from '../files/follow-file.ts';
import { FlagFileBroken, readFlags } from './flag-file.ts';

export interface FileProviderOptions {
  readonly path: string;
  /** Called with each content that is used from now on; `revision` is a digest of it. */
  readonly onReload?: (loaded: { readonly source: string; readonly revision: string }) => void;
  /** Called once for each content of the file that cannot be used. */
  readonly onError?: (error: Error) => void;
}

/**
 * An OpenFeature provider on a file in flagd's format. Follows the file: a changed one takes over if it is good; the
 * last good one stays if it is broken or missing. Until there is a good one, every evaluation fails.
 */
export function createFileProvider({ path, onReload, onError }: FileProviderOptions): Provider {
  let flags: FlagdCore | undefined;
  const file = followFile({
    path,
    onContent: (content) => {
      try {
        flags = readFlags(path, content.toString('utf8'));
        const revision = createHash('sha256').update(content).digest('hex').slice(0, 16);
        onReload?.({ source: path, revision });
      } catch (error) {
        if (!(error instanceof FlagFileBroken)) throw error;
        onError?.(error);
      }
    },
    onMissing: () => onError?.(new FlagFileBroken(`${path} cannot be read`)),
  });

  /** A promise also where it fails: the SDK does not expect a provider to throw at once. */
  async function resolve<T>(evaluate: (core: FlagdCore) => T): Promise<T> {
    await file.ready;
    if (flags === undefined) throw new ProviderNotReadyError(`no good flag file at ${path} yet`);
    return evaluate(flags);
  }

  return {
    metadata: { name: 'mendloop flag file' },
    runsOn: 'server',
    initialize: () => file.ready,
    onClose: () => file.close(),
    resolveBooleanEvaluation: (key, fallback, context) =>
      resolve((core) => core.resolveBooleanEvaluation(key, fallback, context)),
    resolveStringEvaluation: (key, fallback, context) =>
      resolve((core) => core.resolveStringEvaluation(key, fallback, context)),
    resolveNumberEvaluation: (key, fallback, context) =>
      resolve((core) => core.resolveNumberEvaluation(key, fallback, context)),
    resolveObjectEvaluation: <T extends JsonValue>(key: string, fallback: T, context: EvaluationContext) =>
      resolve((core) => core.resolveObjectEvaluation(key, fallback, context)),
  };
}
