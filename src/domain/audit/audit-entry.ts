import { z } from 'zod';
import type { JsonObject } from './canonical-json.ts';

/** What an entry of the audit log is about, by its kind. */
export const AUDIT_KINDS = {
  decision: 'What policy answered.',
  approval: "A human's yes or no.",
  effect_intended: 'An effect is granted: written before it, so that no effect is without a record.',
  effect_done: 'An effect was done, or was found to have been done.',
  effect_failed: 'An effect came to nothing, or its answer was never heard.',
  compensation: 'An undo, whatever came of it.',
  outcome: 'How a remediation ended.',
  config: 'The settings in use changed.',
  policy: 'The policy in use changed.',
  guard: 'A guard opened or closed, or was paused, resumed or reset by a human.',
  order: 'What a human ordered of a remediation beside votes: to undo it, to cancel it.',
  access: 'A door turned a caller away: a failed login, a vote or an order without a valid signature.',
  checkpoint: 'The log about itself: a signed statement of its head, and of what retention removed.',
} as const;
export type AuditKind = keyof typeof AUDIT_KINDS;

export const auditKinds = Object.keys(AUDIT_KINDS) as [AuditKind, ...AuditKind[]];

const name = z.string().min(1);

/** What a caller hands in. */
export const auditEntrySchema = z.strictObject({
  /** Idempotency: what has the same key is the same entry, and is appended once. */
  key: name,
  /** RFC 3339; when it happened, by the clock of the process that reports it. */
  at: z.iso.datetime({ offset: true }),
  /** Who or what did it: `mendloop`, `policy`, a human's name. */
  actor: name,
  kind: z.enum(auditKinds),
  remediationId: name.optional(),
  /** `cluster/namespace/Kind/name`. */
  target: name.optional(),
  /** What else is known: before, after, rule, policyRevision, ... Not copied here, because zod drops `__proto__`. */
  data: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    message: 'must be a JSON object',
  }),
});

export interface AuditEntry {
  readonly key: string;
  readonly at: string;
  readonly actor: string;
  readonly kind: AuditKind;
  readonly remediationId?: string;
  readonly target?: string;
  readonly data: JsonObject;
}

/** An entry as the log holds it. */
export interface AuditRow extends AuditEntry {
  /** 1, 2, 3, ... without a gap. */
  readonly seq: number;
  /** RFC 3339 in UTC with microseconds; when it was appended, by the clock of the database. */
  readonly recordedAt: string;
  /** Hash of the row before. */
  readonly prevHash: string;
  /** Lower-case hex SHA-256; see `chainHash`. */
  readonly hash: string;
}
