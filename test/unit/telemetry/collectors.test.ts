import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { GuardOverview } from '../../../src/domain/guards/overview.ts';
import type { GuardStore } from '../../../src/store/store.ts';
import { addCollectors } from '../../../src/cli/collectors.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { serveMetrics } from '../../../src/cli/serve-metrics.ts';

/** A visibility store that counts by what a condition is about. */
function clientCounting(count: (query: string) => number | Error): Client {
  const workflow = {
    count: (query: string) => {
      const found = count(query);
      return found instanceof Error ? Promise.reject(found) : Promise.resolve({ count: found });
    },
  };
  return { workflow, withDeadline: <T>(_deadline: number, call: () => T) => call() } as unknown as Client;
}

function guardsShowing(overview: () => Promise<GuardOverview>): GuardStore {
  const never = () => Promise.reject(new Error('not asked'));
  return { overview, pause: never, resume: never, reset: never };
}

const breaker = (status: 'open' | 'closed' | 'half_open') => ({
  target: `default/production/Deployment/${status}`,
  state: { at: 0, queue: [], joined: 0, cooldowns: [], breaker: { status, failures: 3 }, recent: [] },
});

const hold = { remediationId: 'r', namespace: 'production', target: 't', since: 0 };

const LIMITS = {
  maxConcurrent: 3,
  maxActionsPerHour: 10,
  blastRadius: { percent: 30, windowSeconds: 600 },
  overLimit: 'wait',
} as const;

const overview: GuardOverview = {
  cluster: 'default',
  guard: {
    state: {
      at: 0,
      holders: [hold, hold],
      queue: [hold],
      actionsInLastHour: 2,
      recent: [],
      limits: LIMITS,
      paused: { by: 'kim', reason: 'release', since: 0 },
    },
  },
  targets: [breaker('open'), breaker('half_open'), breaker('closed')],
  ledgers: [
    {
      budget: 'default',
      scope: 'production',
      state: {
        at: 0,
        daily: 50,
        currency: 'USD',
        reading: { usage: 12, measuredAt: 0 },
        held: 5,
        reservations: [
          { remediationId: 'a', amount: 2, daily: 50, since: 0, settleMs: 0 },
          { remediationId: 'b', amount: 3, daily: 50, since: 0, settleMs: 0, committedAt: 1 },
        ],
        recent: [],
      },
    },
  ],
  truncated: false,
};

async function shown(parts: Pick<Parameters<typeof addCollectors>[0], 'client' | 'guards'>): Promise<string[]> {
  const metrics = createMetrics();
  addCollectors({ metrics, ...parts });
  const { body } = await metrics.scrape();
  return body
    .split('\n')
    .filter((line) =>
      /^mendloop_(remediations_(running|overdue)|guard_active|queue|breakers|paused|budget)/.test(line),
    );
}

describe('what only Temporal and the store know', () => {
  it('is read at a scrape', async () => {
    const counts = (query: string) => {
      if (!query.includes('StartTime')) return query.includes('MendloopOutcome') ? 4 : 9;
      return query.includes('MendloopWaiting') ? 5 : 6;
    };
    expect(
      await shown({ client: clientCounting(counts), guards: guardsShowing(() => Promise.resolve(overview)) }),
    ).toEqual([
      'mendloop_remediations_running{phase="working"} 5',
      'mendloop_remediations_running{phase="watching"} 4',
      'mendloop_remediations_overdue 1',
      'mendloop_guard_active_remediations 2',
      'mendloop_queue_depth 1',
      'mendloop_breakers_open 2',
      'mendloop_paused 1',
      'mendloop_budget_daily{budget="default",scope="production",currency="USD"} 50',
      'mendloop_budget_reserved{budget="default",scope="production",currency="USD"} 2',
      'mendloop_budget_spent{budget="default",scope="production",currency="USD"} 15',
    ]);
  });

  it('is nothing held back before anything was asked for', async () => {
    const state = { at: 0, holders: [], queue: [], actionsInLastHour: 0, recent: [], limits: LIMITS };
    const nobody: GuardOverview = {
      cluster: 'default',
      guard: { state },
      targets: [],
      ledgers: [],
      truncated: false,
    };
    const lines = await shown({
      client: clientCounting(() => 0),
      guards: guardsShowing(() => Promise.resolve(nobody)),
    });
    expect(lines).toContain('mendloop_paused 0');
    expect(lines).toContain('mendloop_queue_depth 0');
    expect(lines.filter((line) => line.startsWith('mendloop_budget'))).toEqual([]);
  });

  it('is not shown when it cannot be read', async () => {
    const away = new Error('Temporal is away');
    const lines = await shown({
      client: clientCounting(() => away),
      guards: guardsShowing(() => Promise.reject(away)),
    });
    expect(lines).toEqual([]);
  });

  it('is asked for once by scrapes that come together', async () => {
    let asked = 0;
    const guards = guardsShowing(() => {
      asked += 1;
      return Promise.resolve(overview);
    });
    const metrics = createMetrics();
    addCollectors({ metrics, client: clientCounting(() => 0), guards });
    await Promise.all([metrics.scrape(), metrics.scrape()]);
    await metrics.scrape();
    expect(asked).toBe(1);
  });
});

describe('a worker without an API', () => {
  it('shows its metrics and that it lives, and nothing else', async () => {
    const server = await serveMetrics(createMetrics(), { host: '127.0.0.1', port: 0 });
    try {
      const metrics = await fetch(`${server.url}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
      expect(metrics.headers.get('content-type')).toContain('application/openmetrics-text');
      expect(await metrics.text()).toContain('mendloop_alerts_total');
      expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'alive' });
      expect((await fetch(`${server.url}/`)).status).toBe(404);
      expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(405);
    } finally {
      await server.close();
    }
  });

  it('names the port that it cannot have', async () => {
    const first = await serveMetrics(createMetrics(), { host: '127.0.0.1', port: 0 });
    try {
      const port = Number(new URL(first.url).port);
      await expect(serveMetrics(createMetrics(), { host: '127.0.0.1', port })).rejects.toThrow(String(port));
    } finally {
      await first.close();
    }
  });
});
