import type { Client } from '@temporalio/client';
import type { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { isMode } from '../../domain/decision/mode-flag.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import type { PastRemediation } from '../../domain/promotion/scorecard.ts';

/** More than these, newest first, are not looked at: a scorecard over them says the same. */
const MOST = 20_000;

/**
 * What Temporal's list filter takes for itself between quotes. Its visibility stores do not agree on how to escape the
 * rest, and no way finds a backslash or a double quote on all of them: names with those are picked out here.
 */
const PLAIN = /^[\w.:/ -]+$/;

type Key<Type extends SearchAttributeType> = ReturnType<typeof defineSearchAttributeKey<Type>>;
type Keyword = Key<typeof SearchAttributeType.KEYWORD>;

export interface PastRemediationsQuery {
  readonly client: Pick<Client, 'workflow'>;
  /** Name of the workflow type, and the search attributes that its executions have: of the workflows' own modules. */
  readonly workflowType: string;
  readonly attributes: {
    readonly outcome: Keyword;
    readonly mode: Keyword;
    readonly action: Keyword;
    readonly rule: Keyword;
    readonly cureSeconds: Key<typeof SearchAttributeType.DOUBLE>;
  };
  /** Closed at this time or later, in milliseconds since the epoch. */
  readonly since: number;
  /** Absent: of all rules. */
  readonly rule?: string;
}

/**
 * Remediations that have ended, newest first, from Temporal's visibility store. It follows the histories within a second
 * or so. Remediations from before there was a search attribute for the rule are left out.
 */
export async function listPastRemediations(query: PastRemediationsQuery): Promise<PastRemediation[]> {
  const { client, attributes, since, rule } = query;
  const conditions = [
    `WorkflowType = ${literal(query.workflowType)}`,
    `ExecutionStatus != 'Running'`,
    `ExecutionStatus != 'ContinuedAsNew'`,
    `CloseTime >= ${literal(new Date(since).toISOString())}`,
    rule === undefined || !PLAIN.test(rule)
      ? `${attributes.rule.name} IS NOT NULL`
      : `${attributes.rule.name} = ${literal(rule)}`,
  ];
  const found: PastRemediation[] = [];
  for await (const { typedSearchAttributes: known, startTime, closeTime, status } of client.workflow.list({
    query: conditions.join(' AND '),
  })) {
    if (rule !== undefined && known.get(attributes.rule) !== rule) continue;
    const orderly = status.name === 'COMPLETED' || status.name === 'CANCELLED';
    const outcome = known.get(attributes.outcome);
    const mode = known.get(attributes.mode);
    const action = known.get(attributes.action);
    const cureSeconds = known.get(attributes.cureSeconds);
    found.push({
      rule: known.get(attributes.rule) ?? '',
      ...(orderly && isOutcome(outcome) ? { outcome } : {}),
      ...(isMode(mode) ? { mode } : {}),
      ...(action === undefined ? {} : { action }),
      ...(cureSeconds === undefined ? {} : { cureSeconds }),
      startedAt: startTime.getTime(),
      closedAt: closeTime?.getTime() ?? startTime.getTime(),
    });
    if (found.length >= MOST) break;
  }
  return found.toSorted((one, other) => other.closedAt - one.closedAt);
}

function literal(value: string): string {
  return `'${value}'`;
}

function isOutcome(value: unknown): value is Outcome {
  return Object.values(Outcome).some((outcome) => outcome === value);
}
