import { checkpointEntry, samePoint } from '../../domain/audit/checkpoint.ts';
import type { ChainPoint } from '../../domain/audit/chain.ts';
import type { AuditStore, RemovalOrder } from './audit-log.ts';

/** An order that was not carried out. */
export interface RefusedRemoval {
  /** Rows up to this one were to go. */
  readonly through: number;
  /** A clause for the operator. */
  readonly why: string;
}

export interface Pruned {
  /** The last row that was ever removed. */
  readonly removed: ChainPoint | null;
  readonly rowsRemoved: number;
  readonly refused: readonly RefusedRemoval[];
}

export interface PruneOptions {
  readonly store: Pick<AuditStore, 'removalOrders' | 'lastRemoved' | 'lastExpired' | 'point' | 'remove'>;
  /** By the settings of the process that removes: a signer cannot have younger rows removed. */
  readonly retentionDays: number;
}

/**
 * Carries out what a signer has ordered: removes rows that are old enough by the settings here, up to the row that a
 * checkpoint signed by a trusted key names. It has no key and signs nothing. Running it again changes nothing more.
 *
 * @throws MendloopError `AuditUnavailable`; what was removed until then stays removed.
 */
export async function pruneAudit({ store, retentionDays }: PruneOptions): Promise<Pruned> {
  let removed = await store.lastRemoved();
  let rowsRemoved = 0;
  const refused: RefusedRemoval[] = [];
  for (const order of await store.removalOrders()) {
    const { through, checkpoint } = order;
    if (through <= (removed?.seq ?? 0)) continue;
    const why = await refusalOf(order, { store, retentionDays });
    if (why !== undefined || checkpoint === undefined) {
      refused.push({ through, why: why ?? 'it is no checkpoint' });
      continue;
    }
    rowsRemoved += await store.remove({ through, keepDays: retentionDays, checkpoint: checkpointEntry(checkpoint) });
    removed = checkpoint.removed;
  }
  return { removed, rowsRemoved, refused };
}

async function refusalOf(
  { through, verdict, checkpoint }: RemovalOrder,
  { store, retentionDays }: PruneOptions,
): Promise<string | undefined> {
  if (verdict === 'unknown_key') return `its key ${checkpoint?.keyId ?? ''} is not trusted`;
  if (verdict !== 'valid' || checkpoint?.removed == null) return 'it is not signed';
  if (checkpoint.removed.seq !== through) return `it is signed for the rows up to ${checkpoint.removed.seq}`;
  for (const point of [checkpoint.removed, checkpoint.head]) {
    const found = await store.point(point.seq);
    if (found === undefined || !samePoint(found, point)) return `the signer knew another row ${point.seq}`;
  }
  const expired = await store.lastExpired(retentionDays);
  return through > (expired?.seq ?? 0) ? `some of these rows are younger than ${retentionDays} days` : undefined;
}
