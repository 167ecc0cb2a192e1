import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import type { Logger } from '@openfeature/server-sdk';
import { isMode, MODE_FLAG } from '../../domain/decision/mode-flag.ts';

/** The file cannot be used; the message says why, without its content. */
export class FlagFileBroken extends Error {
  override readonly name = 'FlagFileBroken';
}

/** Flags do not belong in our log, and neither does what they say of a target. */
export const silent: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/**
 * Flags in flagd's format, ready to be evaluated.
 *
 * @throws FlagFileBroken if it is not of flagd's schema, or its `mendloop-mode` is missing or says what is no mode.
 */
export function readFlags(path: string, text: string): FlagdCore {
  const storage = new MemoryStorage(silent);
  try {
    storage.setConfigurations(text, true);
  } catch (error) {
    throw new FlagFileBroken(
      `${path} is not in flagd's format: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
  const flag = storage.getFlag(MODE_FLAG);
  if (flag === undefined) throw new FlagFileBroken(`${path} has no flag ${MODE_FLAG}`);
  const stranger = [...flag.variants].find(([, value]) => !isMode(value));
  if (stranger !== undefined) {
    throw new FlagFileBroken(`${path}: variant ${JSON.stringify(stranger[0])} of ${MODE_FLAG} is none of the modes`);
  }
  const core = new FlagdCore(storage, silent);
  const { errorMessage } = core.resolveStringEvaluation(MODE_FLAG, '', { targetingKey: 'probe' });
  if (errorMessage !== undefined) throw new FlagFileBroken(`${path}: ${errorMessage}`);
  return core;
}
