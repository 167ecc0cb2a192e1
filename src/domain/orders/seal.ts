import { z } from 'zod';
import { canonicalJson, type JsonObject } from '../audit/canonical-json.ts';

/** What people and the API say to a remediation, its start included; each changes what happens. */
export const Order = {
  Approve: 'approve',
  Reject: 'reject',
  Undo: 'undo',
  Resolved: 'resolved',
  /** Alert and decision, as the remediation is started with them. */
  Start: 'start',
  /** That an alert has resolved whose remediation had ended. */
  AllClear: 'all_clear',
} as const;
export type Order = (typeof Order)[keyof typeof Order];

const statementSchema = z.strictObject({
  /** The one remediation that it is meant for. */
  remediationId: z.string().min(1).max(1000),
  /** Of a vote: the request for approval that it answers, by its `requestedAt`. */
  round: z.string().max(100).optional(),
  /** RFC 3339. */
  issuedAt: z.iso.datetime(),
  /** RFC 3339; absent: it is true for ever, as the end of an alert is. */
  expiresAt: z.iso.datetime().optional(),
  /** Which key signed it. */
  keyId: z.string().min(1).max(100),
});
/** What a seal says beside the order itself. */
export type SealStatement = z.infer<typeof statementSchema>;

const sealSchema = statementSchema.extend({
  /** Base64 of the Ed25519 signature over `sealText`. */
  signature: z.string().min(1).max(200),
});
/** Shows that the API gave an order, and for which remediation, for which round and until when. */
export type Seal = z.infer<typeof sealSchema>;

/** Arguments of an order, with the seal that makes it count. */
export type Sealed<T extends object> = T & { readonly seal?: Seal };

/** Vote or order as it is said, without its seal. */
export function saidOf<T extends object>({ seal: _, ...said }: Sealed<T>): Omit<T, 'seal'> {
  return said;
}

/** What is signed. It names its purpose, so that the key cannot be made to sign it under another name. */
export function sealText(order: Order, said: object, statement: SealStatement): string {
  const { remediationId, round, issuedAt, expiresAt, keyId } = statement;
  return canonicalJson({
    ...{ purpose: 'mendloop order', v: 1, order, said: said as JsonObject },
    ...{ remediationId, round: round ?? null, issuedAt, expiresAt: expiresAt ?? null, keyId },
  });
}

/** Why an order does not count. */
export const SealFault = {
  Unsigned: 'unsigned',
  UnknownKey: 'unknown_key',
  Forged: 'forged',
  OtherRemediation: 'other_remediation',
  OtherRound: 'other_round',
  Expired: 'expired',
} as const;
export type SealFault = (typeof SealFault)[keyof typeof SealFault];

/** What to tell the human who gave the order. */
export const SEAL_FAULTS: Readonly<Record<SealFault, string>> = {
  unsigned: "it is not signed by Mendloop's API",
  unknown_key: 'it is signed with a key that this worker does not trust',
  forged: 'its signature does not belong to it',
  other_remediation: 'it was signed for another remediation',
  other_round: 'it was signed for another request for approval',
  expired: 'it was signed too long ago',
};

export interface SealQuestion {
  readonly order: Order;
  readonly remediationId: string;
  /** Of a vote. */
  readonly round?: string | undefined;
  /** With its seal, as it came. */
  readonly input: object;
  /** Epoch ms. */
  readonly now: number;
}

/** Whether a key that is trusted signed a text. */
export type VerifySeal = (signed: {
  readonly keyId: string;
  readonly text: string;
  readonly signature: string;
}) => 'valid' | 'invalid' | 'unknown_key';

/** Faults that no caller of the API can bring about: the order came past it. */
export function isForged(fault: SealFault): boolean {
  return fault !== SealFault.Expired && fault !== SealFault.OtherRound;
}

/** Why an order does not count; undefined if it does. The signature is looked at first: the rest is only then anybody's word. */
export function sealFault(
  { order, remediationId, round, input, now }: SealQuestion,
  verify: VerifySeal,
): SealFault | undefined {
  const { seal: given, ...said } = input as Sealed<object>;
  const parsed = sealSchema.safeParse(given);
  if (!parsed.success) return SealFault.Unsigned;
  const { signature, ...statement } = parsed.data;
  let text: string;
  try {
    text = sealText(order, said, statement);
  } catch {
    return SealFault.Forged; // No JSON: then it is nothing that was ever signed.
  }
  const verdict = verify({ keyId: statement.keyId, text, signature });
  if (verdict !== 'valid') return verdict === 'unknown_key' ? SealFault.UnknownKey : SealFault.Forged;
  if (statement.remediationId !== remediationId) return SealFault.OtherRemediation;
  if ((statement.round ?? undefined) !== round) return SealFault.OtherRound;
  if (statement.expiresAt !== undefined && now >= Date.parse(statement.expiresAt)) return SealFault.Expired;
  return undefined;
}
