import { type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type ApiOptions, createApi } from '../../../src/api/create-api.ts';
import { type ApiServer, serveApi } from '../../../src/api/serve-api.ts';
import { createIntake, type Intake, type IntakeParts } from '../../../src/api/webhook/intake.ts';
import { type Config, configSchema } from '../../../src/config/schema.ts';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../../src/telemetry/metrics.ts';
import { anAlert } from '../../support/alerts.ts';
import { MemoryIncidents } from '../../support/incidents/memory-incidents.ts';
import { MemoryUnhandled } from '../../support/incidents/memory-unhandled.ts';
import { FakeStarter } from './fake-starter.ts';

export interface TestApi {
  readonly url: string;
  readonly server: ApiServer;
  readonly intake: Intake;
  readonly starter: FakeStarter;
  readonly incidents: MemoryIncidents;
  readonly unhandled: MemoryUnhandled;
  readonly metrics: Metrics;
  /** What was logged, as JSON lines. */
  readonly log: string[];
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Value of one series in `/metrics`; undefined if it is not there. */
  series(name: string): Promise<number | undefined>;
}

type Overrides = Partial<Omit<ApiOptions, 'settings'>> &
  Partial<Pick<IntakeParts, 'policy' | 'flags' | 'clock'>> & { settings?: Partial<Config['api']> };

/** Policy that leaves every alert to a human: each has a remediation. */
const FOR_HUMANS: Decision = { verdict: 'human', rule: 'some', reason: 'because', policyRevision: 'test' };

/** The real app on a real port with starter and store in memory; closed when the test ends. */
export async function startApi({ settings: some, policy, flags, clock, ...parts }: Overrides = {}): Promise<TestApi> {
  const settings = { ...configSchema.parse({}).api, port: 0, ...some };
  const starter = new FakeStarter();
  const incidents = new MemoryIncidents();
  const unhandled = new MemoryUnhandled();
  const metrics = createMetrics();
  const log: string[] = [];
  const logger = createLogger({ level: 'debug' }, { destination: { write: (line) => log.push(line) } });
  const readiness = { temporal: () => Promise.resolve(true), store: () => Promise.resolve(true), policy: () => true };
  const intake = createIntake({
    ...{ settings, cluster: 'default', incidents, unhandled, starter, metrics, logger },
    policy: policy ?? { decide: () => Promise.resolve(FOR_HUMANS) },
    ...(flags === undefined ? {} : { flags }),
    ...(clock === undefined ? {} : { clock }),
  });
  const app = createApi({ settings, intake, metrics, logger, readiness, ...parts });
  const server = await serveApi(app, settings);
  onTestFinished(() => server.close());
  return {
    ...{ url: server.url, server, intake, starter, incidents, unhandled, metrics, log },
    post: (body, headers = {}) =>
      fetch(`${server.url}/webhooks/alertmanager`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    series: async (name) => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.split(' ').at(-1));
    },
  };
}

/** A payload as Alertmanager 0.34 sends it. */
export function aWebhook(alerts: readonly unknown[], overrides: Record<string, unknown> = {}) {
  return {
    version: '4',
    groupKey: '{}:{alertname="OrderServiceCPUThrottling"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'mendloop',
    groupLabels: { alertname: 'OrderServiceCPUThrottling' },
    commonLabels: { alertname: 'OrderServiceCPUThrottling' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    notification_reason: 'new alerts',
    alerts,
    ...overrides,
  };
}

/** A firing alert as it is on the wire: with `endsAt` in year 1. */
export function wireAlert(overrides: Partial<Alert> & Record<string, unknown> = {}) {
  return { endsAt: '0001-01-01T00:00:00Z', ...anAlert(), ...overrides };
}

export function wireAlerts(count: number) {
  return Array.from({ length: count }, () => wireAlert());
}

/** A connection on which a test writes bytes by hand; destroyed when the test ends. */
export async function rawConnection(url: string): Promise<Socket & { received(): string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return Object.assign(socket, { received: () => received });
}

/** A promise to be settled from outside. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    promise: promise.then(() => undefined),
    resolve: () => {
      resolve(undefined);
    },
  };
}
