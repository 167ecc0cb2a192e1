import {
  controlPlaneServers,
  ensureServers,
  type Progress,
  type ServerBinary,
  type ServerName,
} from '../../../dev/stack/index.ts';

/** What a run of the example starts. */
export const DEMO_SERVERS = [
  'temporal',
  'opa',
  ...controlPlaneServers,
  'prometheus',
  'alertmanager',
] as const satisfies readonly ServerName[];

/** With what people type at it while it goes on running. */
export const PLAYGROUND_SERVERS = [...DEMO_SERVERS, 'kubectl', 'amtool'] as const satisfies readonly ServerName[];

export type Servers = Record<(typeof DEMO_SERVERS)[number], ServerBinary>;
export type PlaygroundServers = Record<(typeof PLAYGROUND_SERVERS)[number], ServerBinary>;

interface EnsureOptions {
  progress: Progress;
  signal?: AbortSignal;
}

/** Finds, downloads or builds them, once for all scenarios. */
export function ensureDemoServers(options: EnsureOptions): Promise<Servers> {
  return ensureServers(DEMO_SERVERS, options);
}

/** The same, with the tools that {@link PLAYGROUND_SERVERS} adds. */
export function ensurePlaygroundServers(options: EnsureOptions): Promise<PlaygroundServers> {
  return ensureServers(PLAYGROUND_SERVERS, options);
}
