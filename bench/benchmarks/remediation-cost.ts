import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresServer } from '../../dev/stack/postgres-server.ts';
import { type BenchContext, type Benchmark, type Findings, type Measurement, measured } from '../benchmark.ts';
import { type Contestant, TO } from '../contestants/contestant.ts';
import { mendloopApart } from '../contestants/mendloop-apart.ts';
import { untilFiring } from '../world/prometheus.ts';
import { createTargets, type FreshTarget } from '../world/targets.ts';
import { usedCpuMs } from '../world/used-cpu.ts';
import type { World } from '../world/world.ts';

const NAME = 'remediation-cost';
/** Code is compiled, connections are opened and caches filled in these. */
const WARM_UP = 8;
/** At the same time. */
const LANES = 4;
/** For what each process uses with nothing to do: as long as a sweep of the store takes to come round. */
const IDLE_MS = 30_000;

/** What one remediation that cures takes of the machine: CPU of each process, and bytes of both databases. */
export const remediationCost: Benchmark = {
  name: NAME,
  title: 'What a remediation takes of each process, API and worker apart, on PostgreSQL',
  run: measure,
};

interface Meters {
  /** By name: the process, with all that it has started. */
  readonly processes: Readonly<Record<string, number>>;
  /** By name, with the databases whose growth is looked at. */
  readonly databases: Readonly<Record<string, { readonly server: PostgresServer; readonly names: readonly string[] }>>;
}

interface Reading {
  readonly at: number;
  /** Milliseconds of CPU. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Bytes written to the log of the server, which is what replicas and archives get. */
  readonly log: Readonly<Record<string, number>>;
  /** Bytes on disk. */
  readonly size: Readonly<Record<string, number>>;
}

async function measure({ world, iterations: n, progress }: BenchContext): Promise<Findings> {
  const task = progress.start(NAME);
  try {
    task.update('starting API and worker');
    const { contestant, api, worker, database } = await mendloopApart(world, progress, NAME);
    const { database: ofTemporal, pid } = world.temporalServer;
    const meters: Meters = {
      processes: {
        Temporal: pid,
        ...(ofTemporal === undefined ? {} : { "Temporal's PostgreSQL": ofTemporal.process.pid }),
        API: api,
        worker,
        "the store's PostgreSQL": database.process.pid,
      },
      databases: {
        ...(ofTemporal === undefined
          ? {}
          : { Temporal: { server: ofTemporal, names: ['temporal', 'temporal_visibility'] } }),
        'the store': { server: database, names: ['mendloop'] },
      },
    };
    task.update('creating Deployments');
    const targets = await createTargets({
      ...{ kubernetes: world.kubernetes, watch: world.watch, iterations: WARM_UP + n, prefix: 'cost' },
      contestants: [contestant.name],
    });
    await untilFiring(world.prometheusUrl, { prefix: 'cost', expected: targets.length });
    const fresh = targets.flatMap((of) => of.get(contestant.name) ?? []);
    task.update('warming up');
    await remediate(world, { contestant, targets: fresh.slice(0, WARM_UP) });
    task.update('looking at what is used with nothing to do');
    const rest = await read(meters);
    await sleep(IDLE_MS);
    const before = await read(meters);
    task.update(`${n} remediations`);
    await remediate(world, { contestant, targets: fresh.slice(WARM_UP) });
    return findings({ rest, before, after: await read(meters), n });
  } finally {
    task.done();
  }
}

/** Each to its end, some at the same time. */
async function remediate(
  { watch }: World,
  { contestant, targets }: { readonly contestant: Contestant; readonly targets: readonly FreshTarget[] },
): Promise<void> {
  const queue = targets.values();
  const lane = async () => {
    for (const target of queue) {
      await contestant.begin(target);
      // An alert that is over before the change would be none.
      await watch.until(target.key, ({ status }) => status?.readyReplicas === TO);
      await contestant.finish(target);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function read({ processes, databases }: Meters): Promise<Reading> {
  const at = performance.now();
  const cpu = Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, usedCpuMs(pid)]));
  const log: Record<string, number> = {};
  const size: Record<string, number> = {};
  for (const [name, { server, names }] of Object.entries(databases)) {
    const { host, port, user, password } = server;
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    try {
      const { rows } = await client.query<{ log: string; size: string }>(
        `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS log, sum(pg_database_size(name)) AS size
         FROM unnest($1::text[]) name`,
        [names],
      );
      log[name] = Number(rows[0]?.log);
      size[name] = Number(rows[0]?.size);
    } finally {
      await client.end();
    }
  }
  return { at, cpu, log, size };
}

/** Of one remediation, beyond what is used with nothing to do. */
function findings(parts: {
  readonly rest: Reading;
  readonly before: Reading;
  readonly after: Reading;
  readonly n: number;
}): Findings {
  const { rest, before, after, n } = parts;
  const [idleMs, busyMs] = [before.at - rest.at, after.at - before.at];
  const beyondIdle = (of: 'cpu' | 'log' | 'size', name: string) => {
    const idle = ((before[of][name] ?? 0) - (rest[of][name] ?? 0)) / idleMs;
    return Math.max(0, (after[of][name] ?? 0) - (before[of][name] ?? 0) - idle * busyMs) / n;
  };
  const idleShare = (name: string) => (100 * ((before.cpu[name] ?? 0) - (rest.cpu[name] ?? 0))) / idleMs;
  const names = Object.keys(after.cpu);
  const bytes = (what: string, of: 'log' | 'size') =>
    Object.keys(after[of]).map((name) =>
      measured({ name: `${what}: ${name}`, value: beyondIdle(of, name) / 1000, unit: 'KB', n }),
    );
  const measurements: Measurement[] = [
    ...names.map((name) => measured({ name: `CPU: ${name}`, value: beyondIdle('cpu', name), unit: 'ms', n })),
    ...names.map((name) => measured({ name: `idle: ${name}`, value: idleShare(name), unit: '% of a core', n: 1 })),
    ...bytes('written to the log of its database', 'log'),
    ...bytes('growth on disk', 'size'),
  ];
  return {
    measurements,
    notes: [
      `Beyond what each used in ${Math.round(IDLE_MS / 1000)} s with nothing to do; ${LANES} remediations at a time, ${(n / (busyMs / 1000)).toFixed(1)} a second.`,
    ],
  };
}
