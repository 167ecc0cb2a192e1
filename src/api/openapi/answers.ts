import { z } from 'zod';
import { ACTIONS } from '../../domain/actions/index.ts';
import { PRECONDITION_KINDS } from '../../domain/precondition/precondition.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import { Step } from '../../domain/remediation/remediation.ts';

/** Of the workflow's own record the members that stay; more may be there. */
const open = z.record(z.string(), z.unknown());

const instant = z.iso.datetime({ offset: true });
const epochMs = z.number().describe('epoch milliseconds');
const texts = z.record(z.string(), z.string());
const target = z.string().describe('cluster/namespace/Kind/name; - where there is no namespace');

export const meSchema = z
  .strictObject({ name: z.string(), roles: z.array(z.string()) })
  .describe('who makes the request');

const summarySchema = z
  .strictObject({
    id: z.string(),
    runId: z.string(),
    state: z.enum(['running', 'closed']),
    execution: z.string().describe('how its workflow stands'),
    outcome: z.string().optional(),
    alert: z.string(),
    severity: z.string().optional(),
    service: z.string().optional(),
    rule: z.string().optional(),
    action: z.string().optional(),
    target: target.optional(),
    mode: z.string().optional(),
    waiting: z.string().optional(),
    startedAt: instant,
    closedAt: instant.optional(),
  })
  .describe('a remediation as lists show it');

export const listSchema = z.strictObject({
  items: z.array(summarySchema),
  nextPageToken: z.string().optional().describe('absent on the last page'),
  total: z.number().int().optional().describe('on the first page'),
});

const alertSchema = z
  .looseObject({ labels: texts, annotations: texts, startsAt: z.string(), fingerprint: z.string() })
  .describe('as it came, redacted');

const approvalSchema = z
  .looseObject({
    status: z.enum(['pending', 'approved', 'rejected', 'expired', 'moot']),
    clause: open,
    votes: z.array(z.looseObject({ by: z.string(), approve: z.boolean(), reason: z.string(), at: z.string() })),
    requestedAt: z.string(),
    deadlineAt: z.string(),
  })
  .describe('who has to say yes, and who has said what');

const judgedSchema = z.strictObject({
  kind: z.enum(PRECONDITION_KINDS as [string, ...string[]]),
  text: z.string(),
  met: z.boolean(),
  seen: z.string(),
});

const statusSchema = z
  .looseObject({
    step: z.enum(Step),
    outcome: z.enum(Outcome).optional(),
    summary: z.string(),
    alertResolved: z.boolean(),
    decision: open.optional(),
    approval: approvalSchema.optional(),
    planned: z
      .looseObject({
        action: z.string(),
        title: z.string(),
        undo: z.enum(['exact', 'forward', 'none']),
        preconditions: z.array(judgedSchema).optional(),
      })
      .optional(),
    prelude: z
      .looseObject({ unneeded: z.string().optional() })
      .optional()
      .describe('what comes before the change and makes room for it, or why it is not needed'),
    effect: z.looseObject({ changed: z.boolean(), text: z.string() }).optional(),
    compensation: z
      .looseObject({ status: z.enum(['restored', 'nothing_to_undo', 'left_alone', 'gone']), text: z.string() })
      .optional(),
    fault: z
      .looseObject({
        type: z.string(),
        message: z.string(),
        step: z.enum(Step),
        preconditions: z.array(judgedSchema).optional(),
      })
      .optional(),
    notified: z.array(z.string()),
    timeline: z.array(z.strictObject({ at: z.string(), step: z.enum(Step), text: z.string() })),
  })
  .describe("the workflow's own record; members may be added");

export const detailSchema = z.strictObject({
  remediation: summarySchema,
  alert: alertSchema.optional(),
  status: statusSchema.optional(),
  statusUnavailable: z.string().optional().describe('why there is no status'),
  links: z.strictObject({
    temporal: z.string().optional(),
    trace: z.string().optional(),
    runbook: z.string().optional(),
  }),
});

export const votedSchema = z.strictObject({ approval: approvalSchema });

export const undoneSchema = z.strictObject({ step: z.unknown().describe('the step at which it was heard') });

export const unhandledSchema = z.strictObject({
  alerts: z.array(
    z.strictObject({
      cluster: z.string(),
      alertName: z.string(),
      rule: z.string(),
      reason: z.string(),
      count: z.number().int(),
      firstSeen: instant,
      lastSeen: instant,
      labels: texts,
      stub: z.string().optional().describe('a rule to begin with, in Rego'),
    }),
  ),
});

const actionSchema = z.strictObject({
  name: z.enum(Object.keys(ACTIONS)),
  version: z.number().int(),
  summary: z.string(),
  kinds: z.array(z.string()),
  scope: z.enum(['namespaced', 'cluster']),
  undo: z.enum(['exact', 'forward', 'none']),
  compensation: z.string().optional(),
  asks: z.string().optional(),
  danger: z.string().optional(),
  leasable: z.boolean(),
  isForAWhile: z.boolean().optional().describe('its change is given back when its time is over'),
  idempotence: z.string(),
  permissions: z.array(open),
  proof: z.array(open),
  preconditions: z.array(z.enum(PRECONDITION_KINDS as [string, ...string[]])),
});
export const actionsSchema = z.strictObject({ actions: z.array(actionSchema) });
export const oneActionSchema = actionSchema.extend({ parameters: open.describe('as JSON Schema') });

const recent = z.array(z.strictObject({ at: epochMs, text: z.string(), times: z.number().int() }));
const hold = z.strictObject({ remediationId: z.string(), namespace: z.string(), target, since: epochMs });
const targetHold = z.strictObject({
  remediationId: z.string(),
  action: z.string(),
  since: epochMs,
  yieldsSince: epochMs.optional(),
});

export const guardsSchema = z.strictObject({
  cluster: z.string(),
  guard: z.strictObject({
    state: z.strictObject({
      at: epochMs,
      paused: z.strictObject({ by: z.string(), reason: z.string(), since: epochMs }).optional(),
      limits: open,
      holders: z.array(hold),
      queue: z.array(hold),
      actionsInLastHour: z.number().int(),
      recent,
    }),
  }),
  targets: z.array(
    z.strictObject({
      target,
      state: z.strictObject({
        at: epochMs,
        holder: targetHold.optional(),
        queue: z.array(targetHold),
        joined: z.number().int(),
        cooldowns: z.array(z.strictObject({ action: z.string(), at: epochMs, until: epochMs })),
        breaker: z.strictObject({
          status: z.enum(['closed', 'open', 'half_open']),
          failures: z.number().int(),
          until: epochMs.optional(),
        }),
        recent,
      }),
    }),
  ),
  ledgers: z.array(z.strictObject({ budget: z.string(), scope: z.string(), state: open })),
  windows: z.array(open).optional(),
  truncated: z.boolean(),
});

export const pausedSchema = z.strictObject({ paused: z.boolean() });
export const resetSchema = z.strictObject({ target });

export const aliveSchema = z.strictObject({ status: z.literal('alive') });
export const readySchema = z.strictObject({
  status: z.enum(['ready', 'unready']),
  checks: z.strictObject({ temporal: z.boolean(), store: z.boolean(), policy: z.boolean(), accepting: z.boolean() }),
});

const count = z.number().int();
export const deliveredSchema = z
  .strictObject({
    started: count,
    duplicates: count,
    repeats: count,
    signalled: count,
    ignored: count,
    unhandled: count,
    truncated: count,
  })
  .describe('what became of the alerts: each is durable, or wanted by no rule');

export const problemSchema = z
  .looseObject({
    type: z.string().describe('about:blank, or urn:mendloop:problem:KIND'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .describe('problem details (RFC 9457)');
