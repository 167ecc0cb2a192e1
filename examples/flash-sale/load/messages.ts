/** What the load generator is told, by IPC. */
export interface LoadCommand {
  /** Requests a second by service; a service that is not named keeps its rate. */
  readonly rates: Readonly<Record<string, number>>;
}

/** What it tells once a second, by IPC: requests to one service whose fate was settled since the last report. */
export interface LoadReport {
  readonly service: string;
  readonly answered: number;
  /** Refused by the service, or given up after the client's patience. */
  readonly failed: number;
}

export interface LoadSettings {
  readonly endpointsFile: string;
  /** Seed of the arrivals, so that two runs see the same customers. */
  readonly seed: number;
  /** Milliseconds that a customer waits. */
  readonly timeoutMs: number;
  readonly rates: Readonly<Record<string, number>>;
}
