import { z } from 'zod';
import type { AuditEntry } from './audit-entry.ts';
import { canonicalJson, type JsonObject } from './canonical-json.ts';
import type { ChainPoint } from './chain.ts';

const pointSchema = z.strictObject({
  seq: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What a checkpoint states. */
const statementSchema = z.strictObject({
  /** The last row when it was signed. A change of a row up to here, or its removal, would have to be signed anew. */
  head: pointSchema,
  /** The last row that retention has removed, ever; null while none was. The first row that is left follows it. */
  removed: pointSchema.nullable(),
  /** RFC 3339. */
  at: z.iso.datetime(),
  /** Which key signed it. */
  keyId: z.string().min(1),
});
export type CheckpointStatement = z.infer<typeof statementSchema>;

/** `data` of an entry of kind `checkpoint`. */
const checkpointSchema = statementSchema.extend({
  /** Base64 of the Ed25519 signature over `statementText`. */
  signature: z.string().min(1),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

export type SignatureVerdict = 'valid' | 'invalid' | 'unknown_key';

/** Whether a key that we trust signed a text. */
export type VerifySignature = (signed: {
  readonly keyId: string;
  readonly text: string;
  readonly signature: string;
}) => SignatureVerdict;

/** What is signed. It names its purpose, so that the key cannot be made to sign it under another name. */
export function statementText({ head, removed, at, keyId }: CheckpointStatement): string {
  return canonicalJson({ purpose: 'mendloop audit checkpoint', v: 1, head, removed, at, keyId });
}

/** Its key says what it states: the same statement is appended once. */
export function checkpointEntry(checkpoint: Checkpoint): AuditEntry {
  const { head, removed, at } = checkpoint;
  return {
    key: `checkpoint/${head.seq}/${removed?.seq ?? 0}`,
    at,
    actor: 'mendloop',
    kind: 'checkpoint',
    data: { ...checkpoint } satisfies JsonObject,
  };
}

/** What a checkpoint's row says, and whether it may be believed. */
export function readCheckpoint(
  data: unknown,
  verify: VerifySignature,
): { readonly verdict: SignatureVerdict; readonly checkpoint?: Checkpoint } {
  const parsed = checkpointSchema.safeParse(data);
  if (!parsed.success) return { verdict: 'invalid' };
  const { keyId, signature } = parsed.data;
  return { verdict: verify({ keyId, signature, text: statementText(parsed.data) }), checkpoint: parsed.data };
}

/** Whether two places are the same row with the same history. */
export function samePoint(one: ChainPoint, other: ChainPoint): boolean {
  return one.seq === other.seq && one.hash === other.hash;
}
