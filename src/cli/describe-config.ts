import { namedByEnvironment } from '../config/state-folder.ts';
import type { CommonOptions } from './options.ts';
import type { Found } from './running.ts';

/** Whose settings a command has read, for people. */
export function describeConfig({ config }: CommonOptions, { running }: Found): string {
  if (running !== undefined) return `${running.config ?? 'the default ones'}, of the ${running.command} that runs here`;
  return config ?? namedByEnvironment().config ?? './mendloop.yaml, or the default ones where there is none';
}
