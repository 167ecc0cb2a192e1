import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditSettings, auditSchema } from '../../src/config/audit-schema.ts';
import { guardsSchema } from '../../src/config/guards-schema.ts';
import type { AdmitRequest } from '../../src/domain/admission/admission.ts';
import { guardsClauseSchema } from '../../src/domain/plan/guards-clause.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { BARE_TASK_QUEUE } from '../bare/bare-worker.ts';
import type { ticking } from '../bare/workflows.ts';
import { type BenchContext, type Benchmark, type Findings, measured } from '../benchmark.ts';
import { percentile } from '../report/percentile.ts';
import { postgresStore } from '../world/store.ts';
import type { World } from '../world/world.ts';

/** Remediations that are admitted, each on a target of its own in one cluster. */
const ADMISSIONS = 3000;
/** Asked for at the same time, as by so many workflows. */
const AT_ONCE = 200;
/** Alone, one after the other. */
const ALONE = 100;
/** Workflows that run meanwhile. */
const RUNNING = 200;

/** What the order asks for. */
const LEAST = { PostgreSQL: 1000, PGlite: 500 } as const;

export const admissions: Benchmark = {
  name: 'admissions',
  title: `Admissions of one cluster, ${AT_ONCE} asked for at once, while ${RUNNING} workflows run`,
  run: measure,
};

async function measure({ world, progress }: BenchContext): Promise<Findings> {
  const task = progress.start(admissions.name);
  const stop = await keepBusy(world);
  try {
    const folder = join(world.directory, 'admissions');
    await mkdir(folder);
    // PostgreSQL may run as another user, who has to get through to its own folder.
    await chmod(world.directory, 0o711);
    const { settings } = await postgresStore({ directory: folder, stack: world.stack, progress });
    const embedded = auditSchema.parse({ store: { type: 'embedded', folder: join(folder, 'pglite') } });
    task.update('PostgreSQL');
    const postgres = await race(settings);
    task.update('PGlite');
    const pglite = await race(embedded);
    return findings({ PostgreSQL: postgres, PGlite: pglite });
  } finally {
    await stop();
    task.done();
  }
}

interface Race {
  readonly perSecond: number;
  /** Milliseconds of one alone. */
  readonly alone: readonly number[];
}

async function race(settings: AuditSettings): Promise<Race> {
  const limits = guardsSchema.parse({
    maxConcurrent: 10_000,
    maxActionsPerHour: 100_000,
    blastRadius: { percent: 100 },
  });
  const store = await openStore({ settings, limits, cluster: 'bench' });
  try {
    const alone: number[] = [];
    for (let index = 0; index < ALONE; index += 1) {
      const startedAt = performance.now();
      await admit(store, `alone-${index}`);
      alone.push(performance.now() - startedAt);
    }
    const queue = Array.from({ length: ADMISSIONS }, (_, index) => `many-${index}`).values();
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const name of queue) await admit(store, name);
      }),
    );
    return { perSecond: ADMISSIONS / ((performance.now() - startedAt) / 1000), alone };
  } finally {
    await store.close();
  }
}

/** As a remediation does it: the target, a slot, the rows of the audit log; and the slot is given back. */
async function admit({ admission }: Store, name: string): Promise<void> {
  const remediationId = `remediation/bench/${name}/0000000000000000/1`;
  const answer = await admission.admit(requestOf(remediationId, name));
  if (answer.status !== 'granted') throw new Error(`${name} was ${answer.status}`);
}

function requestOf(remediationId: string, name: string): AdmitRequest {
  const target = `bench/shop/Deployment/${name}`;
  const at = new Date().toISOString();
  const row = { at, actor: 'mendloop', remediationId, target, data: { title: `scale ${name} 2 -> 5` } } as const;
  return {
    ...{ remediationId, cluster: 'bench', namespace: 'shop', target, locks: [], action: 'scale' },
    ...{ alertKey: name, severity: 'critical', workloadsInNamespace: 10_000 },
    clause: guardsClauseSchema.parse({}),
    audit: [
      { ...row, kind: 'decision', key: `${remediationId}/decision` },
      { ...row, kind: 'effect_intended', key: `${remediationId}/act/intended` },
    ],
  };
}

/** Workflows in this process's worker that go on by timers, until they are told to stop. */
async function keepBusy({ temporal: { client } }: World): Promise<() => Promise<void>> {
  const handles = await Promise.all(
    Array.from({ length: RUNNING }, (_, index) =>
      client.workflow.start<typeof ticking>('ticking', {
        workflowId: `bench/ticking/${index}`,
        taskQueue: BARE_TASK_QUEUE,
      }),
    ),
  );
  return async () => {
    await Promise.all(handles.map((handle) => handle.terminate()));
  };
}

function findings(races: Record<keyof typeof LEAST, Race>): Findings {
  const names = Object.keys(LEAST) as (keyof typeof LEAST)[];
  return {
    measurements: names.flatMap((name) => [
      measured({ name: `admissions, ${name}`, unit: '/s', value: races[name].perSecond, n: ADMISSIONS }),
      measured({
        ...{ name: `one admission alone, ${name}, p50`, unit: 'ms', n: ALONE },
        value: percentile(races[name].alone, 50),
      }),
    ]),
    notes: names.map((name) => {
      const { perSecond } = races[name];
      const verdict = perSecond >= LEAST[name] ? 'met' : 'missed';
      return `${name}: ${perSecond.toFixed(0)} admissions a second; the target is at least ${LEAST[name]}: ${verdict}.`;
    }),
  };
}
