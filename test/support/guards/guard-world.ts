import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import {
  createGuardActivities,
  type GuardActivities,
  type GuardActivityParts,
} from '../../../src/activities/guards.ts';
import { createCostSource } from '../../../src/clients/cost/create-cost-source.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { guardTaskQueue } from '../../../src/domain/guards/names.ts';
import { guardsClauseSchema } from '../../../src/domain/plan/guards-clause.ts';
import type { ScaleTarget } from '../../../src/domain/target/target.ts';
import type { GuardTuning } from '../../../src/contract/guards.ts';
import { bundleWorkflows } from '../../../tools/bundle-workflows.ts';
import type { Heard, MemberActivities, MemberInput } from './member-workflow.ts';
import { FINISH_SIGNAL, HEARD_QUERY } from './member-workflow.ts';

export function bundleGuards(): Promise<WorkflowBundle> {
  return bundleWorkflows(join(import.meta.dirname, 'workflows.ts'));
}

export interface GuardWorldOptions {
  readonly address: string;
  readonly bundle: WorkflowBundle;
  readonly tuning?: GuardTuning;
  readonly limits?: Partial<GuardActivityParts['limits']>;
  /** Money a day, at a price of 1 a CPU-hour. */
  readonly daily?: number;
  /** Cores that run already; what members change never shows in it. */
  readonly runningCores?: number;
  readonly work?: () => Promise<void>;
}

/** The real guards and members, each on a task queue with a worker of its own, as in production. */
export interface GuardWorld {
  readonly client: Client;
  /** For calls from the test itself. */
  readonly activities: GuardActivities;
  /** The guards run on the guards' task queue of this one. */
  readonly taskQueue: string;
  /** Name of a cluster that no other world has. */
  readonly cluster: string;
  target(name: string): ScaleTarget;
  start(input?: Partial<MemberInput>, id?: string): Promise<Member>;
}

export interface Member {
  readonly id: string;
  readonly handle: WorkflowHandle;
  heard(): Promise<Heard>;
  finish(): Promise<void>;
  result(): Promise<Heard>;
}

/** Runs a test in a world of its own, and ends the workers afterwards. */
export async function withGuards<T>(options: GuardWorldOptions, test: (world: GuardWorld) => Promise<T>): Promise<T> {
  const { address, bundle, tuning, limits = {}, daily = 0, runningCores = 0, work = () => Promise.resolve() } = options;
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const unique = randomUUID();
  const settings = configSchema.parse({
    guards: { blastRadius: { percent: 100 }, ...limits },
    cost: {
      ...{ cpuHour: 1, gibHour: 0, source: { type: 'prices', settleSeconds: 3600 } },
      budgets: { default: { daily, scope: 'cluster' } },
    },
  });
  const activities = createGuardActivities({
    ...{ client, taskQueue: guardTaskQueue(unique), limits: settings.guards },
    costSource: createCostSource({
      settings: settings.cost,
      listPodRequests: () => Promise.resolve({ cpu: runningCores, memory: 0 }),
    }),
    countWorkloads: () => Promise.resolve(1000),
    ...(tuning === undefined ? {} : { tuning }),
  });
  const worker = (taskQueue: string, all: GuardActivities & Partial<MemberActivities>) =>
    Worker.create({ connection, taskQueue, workflowBundle: bundle, activities: all });
  const guards = await worker(guardTaskQueue(unique), activities);
  const members = await worker(`members-${unique}`, { ...activities, work });
  const cluster = `c-${unique}`;
  const target = (name: string): ScaleTarget => ({ cluster, namespace: 'shop', kind: 'Deployment', name });
  const world: GuardWorld = {
    ...{ client, activities: called(activities), cluster, target, taskQueue: unique },
    async start(input = {}, id = randomUUID()) {
      const workflowId = `remediation/Test/${id}/1`;
      const whole: MemberInput = {
        target: target('api'),
        alertKey: id,
        clause: guardsClauseSchema.parse({}),
        guards: { target: true, cluster: false, budget: false },
        end: { outcome: 'remediated', acted: true, text: `end of ${id}` },
        stays: false,
        ...input,
      };
      const handle = await client.workflow.start('member', {
        ...{ workflowId, taskQueue: `members-${unique}`, args: [whole] },
      });
      return {
        ...{ id: workflowId, handle },
        heard: () => handle.query<Heard>(HEARD_QUERY),
        finish: () => handle.signal(FINISH_SIGNAL),
        result: () => handle.result() as Promise<Heard>,
      };
    },
  };
  try {
    return await guards.runUntil(members.runUntil(() => test(world)));
  } finally {
    await connection.close();
  }
}

/** The activities as plain functions. */
function called(activities: GuardActivities): GuardActivities {
  const functions = Object.entries(activities).map(([name, activity]) => [
    name,
    (input: never) => new MockActivityEnvironment().run(activity, input),
  ]);
  return Object.fromEntries(functions) as GuardActivities;
}
