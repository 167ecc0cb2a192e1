export {
  type ControlPlane,
  type ControlPlaneBinaries,
  controlPlaneServers,
  startControlPlane,
} from './control-plane.ts';
export { freePort } from './process/free-port.ts';
export { ManagedProcess, ProcessExited } from './process/managed-process.ts';
export { Stack, type Stoppable, stopOnSignals } from './process/stop-on-signals.ts';
export { Supervisor, retryOnTakenPort } from './process/supervisor.ts';
export { WaitTimeout, waitFor } from './process/wait-for.ts';
export { type Progress, type ProgressTask, silentProgress, terminalProgress } from './progress.ts';
export { type ServerName, serverNames } from './servers/catalogue.ts';
export { ensureServers, findServers } from './servers/ensure-servers.ts';
export { type ServerBinary, type ServerSource } from './servers/server-binary.ts';
export { ServersUnavailable } from './servers/servers-unavailable.ts';
export { claimState, StateRefused } from './state-format.ts';
export { type TemporalServer, startTemporalServer } from './temporal-server.ts';
