import {
  controlPlaneServers,
  ensureServers,
  type Progress,
  type ServerBinary,
  type ServerName,
} from '../../../dev/stack/index.ts';
import type { Illness } from '../contract.ts';

/** What the examples start. */
export const EXAMPLE_SERVERS = [
  'temporal',
  'opa',
  ...controlPlaneServers,
  'prometheus',
  'alertmanager',
] as const satisfies readonly ServerName[];

export type ExampleServers = Record<(typeof EXAMPLE_SERVERS)[number], ServerBinary>;

/** Finds, downloads or builds them, and what the illnesses start beside them. */
export function ensureExampleServers(options: {
  readonly illnesses: readonly Illness[];
  readonly progress: Progress;
}): Promise<ExampleServers> {
  const { illnesses, progress } = options;
  return ensureServers([...EXAMPLE_SERVERS, ...illnesses.flatMap(({ servers = [] }) => servers)], { progress });
}
