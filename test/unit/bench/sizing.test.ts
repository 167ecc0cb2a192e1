import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Footprint } from '../../../bench/sizing/footprint.ts';
import { footprintOf } from '../../../bench/sizing/footprint.ts';
import { measureHistories, readFootprints, type Way } from '../../../bench/sizing/histories.ts';
import { SIZES, USUAL } from '../../../bench/sizing/load.ts';
import { sizeFor } from '../../../bench/sizing/model.ts';
import { intoPage, PAGE } from '../../../bench/sizing/page.ts';
import { cloudCost } from '../../../bench/sizing/prices.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { codeBlocks } from '../../support/documented-commands.ts';

const footprints = readFootprints();
const of = (alertsPerHour: number) => sizeFor({ ...USUAL, alertsPerHour }, footprints);

describe('the guide to sizes', () => {
  it('has the tables that the model prints: node bench/sizing/print.ts --write', () => {
    const page = readFileSync(join(packageRoot(), PAGE), 'utf8');
    expect(intoPage(page, footprints)).toBe(page);
  });

  it('shows a command that prints a size', () => {
    const [block] = codeBlocks(PAGE);
    const [command = '', ...args] = block?.text.trim().split(' ') ?? [];
    expect(command).toBe('node');
    const printed = JSON.parse(
      execFileSync(process.execPath, args, { cwd: packageRoot(), encoding: 'utf8' }),
    ) as object;
    expect(printed).toMatchObject({ alertsPerHour: 5000 });
  });
});

/** What a recording may differ by from the next: how tasks fall together depends on the machine. */
const LEEWAY = 0.15;

describe("the model's figures of a remediation", () => {
  const recorded = measureHistories();
  const pairs = Object.entries(recorded.ways).map(([way, found]) => [way, found, footprints.ways[way as Way]] as const);

  it.each([...pairs, ['sweep', recorded.sweep, footprints.sweep] as const])(
    'match the recorded history of %s: node bench/sizing/measure.ts',
    (_way, found, kept) => {
      for (const figure of Object.keys(kept) as (keyof Footprint)[]) {
        expect(Math.abs(found[figure] - kept[figure]), figure).toBeLessThanOrEqual(Math.max(1, LEEWAY * kept[figure]));
      }
    },
  );
});

describe('the footprint of a history', () => {
  const event = (eventId: number, name: string, attributes: object = {}) => ({
    eventId: String(eventId),
    eventType: `EVENT_TYPE_${name}`,
    [`${name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}EventAttributes`]:
      attributes,
  });
  const marker = (eventId: number, task: number) =>
    event(eventId, 'MARKER_RECORDED', { markerName: 'local', workflowTaskCompletedEventId: String(task) });

  it('counts the markers of one workflow task as one action, and each retry of an activity', () => {
    const history = {
      events: [
        event(1, 'WORKFLOW_EXECUTION_STARTED'),
        event(2, 'WORKFLOW_TASK_SCHEDULED'),
        marker(5, 4),
        marker(6, 4),
        event(7, 'ACTIVITY_TASK_SCHEDULED'),
        event(8, 'ACTIVITY_TASK_STARTED', { attempt: 3 }),
        marker(13, 12),
      ],
    };
    // The start, two workflow tasks with markers, an activity and its two retries.
    expect(footprintOf(history)).toMatchObject({
      events: 7,
      actions: 1 + 2 + 1 + 2,
      workflowTasks: 1,
      activityTasks: 1,
    });
  });
});

describe('the model', () => {
  it('grows with alerts, from a floor that sweeps make', () => {
    const [small, middle, large] = SIZES.map(of);
    const none = of(1e-9);
    expect(none.actionsPerMonth).toBeGreaterThan(0.9 * 2 * 60 * 24 * 30 * 4);
    expect(small!.actionsPerMonth / none.actionsPerMonth).toBeLessThan(1.2);
    const grown = (large!.actionsPerMonth - none.actionsPerMonth) / (middle!.actionsPerMonth - none.actionsPerMonth);
    expect(grown).toBeCloseTo(100, 5);
  });

  it('keeps what retention keeps, and holds open what is watched', () => {
    const load = { ...USUAL, alertsPerHour: 1000 };
    const half = sizeFor({ ...load, retentionDays: 45 }, footprints);
    expect(sizeFor(load, footprints).historyBytesKept / half.historyBytesKept).toBeCloseTo(2, 5);
    const longer = sizeFor({ ...load, watchSeconds: 3600 }, footprints);
    expect(longer.open).toBeGreaterThan(5 * sizeFor(load, footprints).open);
  });

  it('asks for no more shards than the chart makes until a shard has ten tasks a second', () => {
    expect(of(1000).shards).toBe(512);
    const crowded = of(10_000_000);
    expect(crowded.shards).toBeGreaterThan(512);
    expect(Math.log2(crowded.shards) % 1).toBe(0);
    expect(crowded.tasksPerSecond / crowded.shards).toBeLessThanOrEqual(10);
  });
});

describe('the price of Temporal Cloud', () => {
  it('is flat on the small plan, and by volume on the next where that is cheaper', () => {
    const none = { activeGb: 0, retainedGb: 0 };
    expect(cloudCost({ actions: 1e6, ...none })).toBeCloseTo(55);
    // The first 5 million at 50, the next 5 at 45, 10 at 40, 30 at 35, 50 at 30; and a tenth for the plan.
    const hundred = 250 + 225 + 400 + 1050 + 1500;
    expect(cloudCost({ actions: 100e6, ...none })).toBeCloseTo(hundred + Math.max(500, hundred / 10));
  });

  it('has an hourly price for what is open and for what is kept', () => {
    expect(cloudCost({ actions: 0, activeGb: 1, retainedGb: 0 })).toBeCloseTo(730 * 0.042 * 1.1);
    expect(cloudCost({ actions: 0, activeGb: 0, retainedGb: 1 })).toBeCloseTo(730 * 0.00105 * 1.1);
  });
});
