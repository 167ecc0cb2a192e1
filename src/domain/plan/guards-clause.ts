import { z } from 'zod';
import { seconds } from './query.ts';

const DAY = 86_400;

/** What policy wants of the guards around one target. The limits of the whole cluster are in the settings. */
export const guardsClauseSchema = z.strictObject({
  /** What an alert does whose target is busy: share the running remediation's end, or wait for its own turn. */
  onBusy: z.enum(['join', 'wait']).default('join'),
  /** Seconds that an alert waits for its turn, on the target or in the cluster, until it is `suppressed`. */
  waitSeconds: seconds(DAY).default(900),
  /** Seconds after a change in which the same action is not taken on the target again. */
  cooldownSeconds: z.number().nonnegative().max(DAY).default(300),
  /** So many failed or rolled-back remediations in a window open the breaker: nothing is done until it closes. */
  breaker: z
    .strictObject({
      failures: z.number().int().min(1).max(100).default(3),
      windowSeconds: seconds(30 * DAY).default(3600),
      openSeconds: seconds(30 * DAY).default(3600),
    })
    .prefault({}),
  /** Seconds after a cure in which the same alert, firing again, counts as a failure for the breaker. */
  flapSeconds: z.number().nonnegative().max(DAY).default(600),
});
export type GuardsClause = z.infer<typeof guardsClauseSchema>;
