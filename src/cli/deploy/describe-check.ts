import type { CheckedHistories, Refused } from './check-histories.ts';
import type { OpenWorkflows } from './open-histories.ts';

/** What `mendloop deploy check` found; its `--json`. */
export interface DeployCheck {
  /** Of the workflows that were replayed against. */
  readonly buildId: string;
  readonly taskQueue: string;
  readonly replayed: number;
  /** Open, and no worker has taken them up yet, or ended meanwhile: any build begins with them. */
  readonly untouched: number;
  /** Pinned to the version that they began on. */
  readonly pinned: number;
  /** There are more than `--limit`. */
  readonly more: boolean;
  readonly refused: readonly Refused[];
}

export function deployCheck(
  build: Pick<DeployCheck, 'buildId' | 'taskQueue'>,
  { found, pinned, more }: OpenWorkflows,
  { replayed, refused }: CheckedHistories,
): DeployCheck {
  return { ...build, replayed, untouched: found.length - replayed, pinned, more, refused };
}

/** IDs that are named for each type; `--json` has all. */
const NAMED = 10;

export function describeCheck(check: DeployCheck): string {
  const { buildId, taskQueue, replayed, untouched, pinned, more, refused } = check;
  const others = [
    ...(untouched > 0 ? [`${untouched} have not begun or have just ended`] : []),
    ...(pinned > 0 ? [`${pinned} are pinned to their version, and go on there`] : []),
    ...(more ? ['there are more: --limit says how many are looked at, the newest first'] : []),
  ];
  const lines = [
    `${replayed} open workflows on task queue ${taskQueue} replayed against build ${buildId}`,
    ...others.map((line) => `  ${line}`),
  ];
  if (refused.length === 0) return [...lines, 'this build goes on with all of them'].join('\n');
  const byType = Map.groupBy(refused, ({ type }) => type);
  for (const [type, broken] of byType) {
    lines.push(`${type}: this build would not go on with ${broken.length} of them`);
    lines.push(...broken.slice(0, NAMED).map(({ workflowId, reason }) => `  ${workflowId}: ${reason}`));
    if (broken.length > NAMED) lines.push(`  and ${broken.length - NAMED} more: --json has them all`);
  }
  lines.push(
    'Deployed in place of the workers that run, it would fail their workflow tasks until it is taken back. Guard the ' +
      'change by `patched`, or roll it out beside them: docs/upgrade.md.',
  );
  return lines.join('\n');
}
