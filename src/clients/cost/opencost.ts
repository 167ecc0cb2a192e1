import { z } from 'zod';
import type { OpenCostSettings } from '../../config/cost-schema.ts';
import type { BudgetScope } from '../../domain/cost/budget-scope.ts';
import { MendloopError } from '../../domain/failures.ts';
import { createHttpEndpoint } from '../http/http-endpoint.ts';
import { askForJson } from './ask-for-json.ts';
import type { UsageSource } from './usage-source.ts';

/** OpenCost collects what happened within so many seconds. */
const COLLECTING_SECONDS = 300;

const MINUTES_A_DAY = 1440;

const allocationSchema = z.object({
  totalCost: z.number().nonnegative(),
  /** How long something of it ran within the window. */
  minutes: z.number().nonnegative().optional(),
});

/** Of `GET /allocation/compute`. Source: OpenCost's API reference. */
const answerSchema = z.object({ data: z.array(z.record(z.string(), allocationSchema).nullable()) });
type Allocation = z.infer<typeof allocationSchema>;

/**
 * What OpenCost or Kubecost has measured: the average cost of the last minutes, as if it went on for a day. A namespace
 * or team that an otherwise filled answer lacks costs nothing; an empty answer is no answer.
 */
export function createOpenCost({
  settings,
  teamLabel,
}: {
  settings: OpenCostSettings;
  teamLabel: string;
}): UsageSource {
  const { endpoint, windowMinutes, settleSeconds = windowMinutes * 60 + COLLECTING_SECONDS } = settings;
  const http = createHttpEndpoint(endpoint);
  return {
    async measure({ scope }) {
      const measuredAt = Date.now();
      const answer = await askForJson(http, {
        method: 'GET',
        path: '/allocation/compute',
        query: { window: `${windowMinutes}m`, aggregate: aggregateOf(scope, teamLabel), accumulate: 'true' },
      });
      const parsed = answerSchema.safeParse(answer);
      if (!parsed.success) throw new MendloopError('CostUnavailable', `${http.name} answered no list of allocations`);
      const allocations = parsed.data.data.flatMap((entry) => Object.entries(entry ?? {}));
      if (allocations.length === 0) throw new MendloopError('CostUnavailable', `${http.name} has no allocations yet`);
      const names = namesOf(scope, teamLabel);
      const perDay = allocations
        .filter(([name]) => names === undefined || names.includes(name))
        .reduce((sum, [, allocation]) => sum + costPerDay(allocation, windowMinutes), 0);
      return { perDay, measuredAt, settleSeconds };
    },
    close: () => http.close(),
  };
}

/** At the rate at which it ran: what began in the middle of the window goes on for a whole one. */
function costPerDay({ totalCost, minutes }: Allocation, windowMinutes: number): number {
  const ran = minutes !== undefined && minutes > 0 ? Math.min(minutes, windowMinutes) : windowMinutes;
  return (totalCost / ran) * MINUTES_A_DAY;
}

function aggregateOf({ kind }: BudgetScope, teamLabel: string): string {
  return kind === 'team' ? `label:${teamLabel}` : kind;
}

/** How the answer names the scope; undefined: all of it. Versions differ in how they name labels. */
function namesOf({ kind, key }: BudgetScope, teamLabel: string): string[] | undefined {
  switch (kind) {
    case 'cluster':
      return undefined;
    case 'namespace':
      return [key];
    case 'team':
      return [key, `${teamLabel}=${key}`];
  }
}
