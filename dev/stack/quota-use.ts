import { waitFor } from '../../src/local/process/wait-for.ts';

/** A hand on a cluster. */
interface Hand {
  get<T>(path: string): Promise<T>;
  /** A merge patch, or a strategic one. */
  patch(path: string, body: object): Promise<unknown>;
}

export interface QuotaUse {
  /** Of the quota. */
  readonly path: string;
  /** What of its use has to be counted, as `{ pods: '3' }`. */
  readonly used: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

interface Quota {
  readonly status?: { readonly used?: Readonly<Record<string, string>> };
}

/**
 * Settles when a quota counts what it is expected to. Its controller counts when the quota is made, and by what it has heard of
 * until then; what the API server has let in before it knew of the quota, and the controller had not heard of, is counted by its
 * next full look, five minutes later. A change of the limits makes it look now: one is put on what nothing here makes.
 */
export async function untilQuotaCounts(hand: Hand, { path, used, timeoutMs, signal }: QuotaUse): Promise<void> {
  let looks = 0;
  const isCounted = async () => {
    const { status } = await hand.get<Quota>(path);
    if (Object.entries(used).every(([resource, count]) => status?.used?.[resource] === count)) return true;
    looks += 1;
    // Its first look has a moment of its own.
    if (looks % 10 === 0) await hand.patch(path, { spec: { hard: { 'services.nodeports': String(looks) } } });
    return false;
  };
  await waitFor(isCounted, { what: `${path} to count ${JSON.stringify(used)}`, timeoutMs, intervalMs: 100, signal });
}
