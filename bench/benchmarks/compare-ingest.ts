import type { Client } from '@temporalio/client';
import { waitFor } from '../../dev/stack/index.ts';
import { BARE_TASK_QUEUE } from '../bare/bare-worker.ts';
import type { bareAlert } from '../bare/workflows.ts';
import { type BenchContext, type Findings, measured } from '../benchmark.ts';
import { benchAlert, post, webhookBody } from '../world/alerts.ts';
import type { World } from '../world/world.ts';

/** Groups that are sent one after the other before it is the other side's turn. */
const GROUPS = 5;
/** Turns of each side that count; one more before them warms up. */
const ROUNDS = 3;

/** What is sent. */
export interface Ingest {
  /** Of the benchmark. */
  readonly name: string;
  readonly alertname: string;
  /** Alerts of a request. */
  readonly group: number;
  /** What the order asks for, as a ratio to bare starts. */
  readonly least: number;
}

interface Side {
  /** Spent on sending, in the turns that count. */
  seconds: number;
  /** Groups that had to be sent again, because an overloaded server had not taken all of it in time. */
  repeats: number;
  /** Settles when a group is durable. */
  readonly send: () => Promise<number>;
}

/** Groups of alerts through the webhook, and as many bare starts, in turns. */
export async function compareIngest({ world, progress }: BenchContext, ingest: Ingest): Promise<Findings> {
  const { name, group, least } = ingest;
  const task = progress.start(name);
  const sides: [Side, Side] = [
    { seconds: 0, repeats: 0, send: () => throughWebhook(world, ingest) },
    { seconds: 0, repeats: 0, send: () => bareStarts(world, ingest) },
  ];
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      task.update(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
      for (const side of sides) {
        const startedAt = performance.now();
        for (let sent = 0; sent < GROUPS; sent += 1) side.repeats += await side.send();
        if (round > 0) side.seconds += (performance.now() - startedAt) / 1000;
        await untilIdle(world.temporal.client);
      }
    }
  } finally {
    task.done();
  }
  const n = ROUNDS * GROUPS * group;
  const [webhook, bare] = sides;
  const floor = n / bare.seconds;
  const ratio = n / webhook.seconds / floor;
  const unit = 'alerts/s';
  return {
    measurements: [
      measured({ name: `bare workflow starts, ${group} at a time`, value: floor, unit, n }),
      measured({ name: `${name}: through the webhook over bare starts`, value: n / webhook.seconds, unit, floor, n }),
    ],
    notes: [
      `${world.config.api.startConcurrency} starts at the same time on both sides. More is better: a ratio of 1 is the floor.`,
      `${ratio.toFixed(2)} times bare starts; the target is at least ${least}: ${ratio >= least ? 'met' : 'missed'}.`,
      ...(webhook.repeats > 0 ? [`${webhook.repeats} groups were answered with 503 and sent again.`] : []),
    ],
  };
}

function alerts({ alertname, group }: Ingest) {
  return Array.from({ length: group }, (_, index) => benchAlert({ alertname, pod: `noise-${index}` }));
}

function throughWebhook({ webhookUrl }: World, ingest: Ingest): Promise<number> {
  return post(webhookUrl, webhookBody(alerts(ingest)));
}

async function bareStarts({ temporal: { client }, config }: World, ingest: Ingest): Promise<number> {
  const queue = alerts(ingest).values();
  const lanes = Array.from({ length: Math.min(config.api.startConcurrency, ingest.group) }, async () => {
    for (const alert of queue) {
      await client.workflow.start<typeof bareAlert>('bareAlert', {
        workflowId: `bench/alert/${alert.fingerprint}`,
        taskQueue: BARE_TASK_QUEUE,
        args: [alert],
        requestEagerStart: true,
      });
    }
  });
  await Promise.all(lanes);
  return 0;
}

/** What the two sides start; guards and schedules run for ever. */
const STARTED = 'ExecutionStatus = "Running" AND WorkflowType IN ("remediation", "bareAlert")';

/** The list of workflows lags behind what it lists: believe it only when it says so twice. */
async function untilIdle(client: Client): Promise<void> {
  let quiet = 0;
  await waitFor(
    async () => {
      const { count } = await client.workflow.count(STARTED);
      quiet = count === 0 ? quiet + 1 : 0;
      return quiet >= 2;
    },
    { what: 'all workflows to end', timeoutMs: 300_000, intervalMs: 250 },
  );
}
