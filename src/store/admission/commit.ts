import { Draft } from '../../domain/admission/draft.ts';
import type { Change, Message, Scene } from '../../domain/admission/scene.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { ClusterLimits } from '../../domain/guards/cluster-limits.ts';
import type { Database } from '../database.ts';
import type { KnownHead } from '../store.ts';
import type { ForeseenScenes } from './foreseen-scenes.ts';
import { storableJson } from './storable-json.ts';
import { allNeeds, type Operation } from './operation.ts';

/** Work that met another's is done again; each time at least one of those that met has gone through. */
const MAX_ROUNDS = 100;

export interface CommitParts {
  readonly database: Pick<Database, 'run'>;
  readonly limits: ClusterLimits;
  /** Epoch ms; absent: the clock of the database. */
  readonly now?: (() => number) | undefined;
  /** What has been read ahead; absent: nothing is. */
  readonly foreseen?: ForeseenScenes;
}

export interface CommitRequest {
  readonly cluster: string;
  readonly operations: readonly Operation<unknown>[];
  /** The last place in the audit log that is known. */
  readonly known?: KnownHead | undefined;
  /** Milliseconds for which the caller sends the messages itself; 0: the sweep does. */
  readonly sendsForMs: number;
  /** Written also to a store that has to be reconciled. */
  readonly whileRestored?: boolean;
  /** Of what reconciles it: larger than any epoch that was given. */
  readonly epochsBelow?: number;
}

/** A wake-up in the outbox. */
export type SentMessage = Message & { readonly id: number };

export interface Committed {
  readonly messages: readonly SentMessage[];
  /** The last row of the audit log; absent: nothing was written, or there is none. */
  readonly head?: KnownHead;
  /** Whether others may have their turn now, who were not seen. */
  readonly mayGoOn: boolean;
  /** Circuit breakers that have changed. */
  readonly breakers: readonly ('open' | 'closed')[];
}

type CommitAnswer =
  | { readonly status: 'committed'; readonly messages: readonly SentMessage[]; readonly head: KnownHead | null }
  | { readonly status: 'conflict'; readonly scene: StoredScene }
  | { readonly status: 'restored'; readonly reason: string }
  | { readonly status: 'reconciled' };

/** As the database gives it. */
type StoredScene = Omit<Scene, 'pause' | 'pace'> & {
  readonly pause: Scene['pause'] | null;
  readonly pace: number | null;
};

/**
 * Works operations out on what is read, outside of any lock, and writes what they come to in one statement, if nothing has
 * changed meanwhile; else they are worked out again.
 *
 * @throws MendloopError `StoreUnavailable`, `StoreRestored`; `Internal` if a constraint refuses what was worked out.
 */
export async function commitOperations(parts: CommitParts, request: CommitRequest): Promise<Committed> {
  const { cluster, operations, known = null, sendsForMs, whileRestored = false, epochsBelow = null } = request;
  const ask = storableJson(askFor(parts, operations));
  let scene = await (parts.foreseen?.take(questionOf(cluster, ask)) ?? readScene(parts.database, cluster, ask));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const draft = new Draft(scene, parts.limits);
    for (const operation of operations) operation.apply(draft);
    const { change, mayGoOn, breakers } = draft;
    if (change === undefined) return { messages: [], mayGoOn: false, breakers: [] };
    const answer = await write(parts.database, cluster, ask, {
      ...change,
      ...{ known, claimUntil: sendsForMs === 0 ? null : scene.now + sendsForMs },
      ...{ whileRestored, epochsBelow },
    });
    switch (answer.status) {
      case 'committed':
        return { messages: answer.messages, ...(answer.head === null ? {} : { head: answer.head }), mayGoOn, breakers };
      case 'restored':
        throw restored(answer.reason);
      case 'reconciled':
        return { messages: [], mayGoOn: false, breakers: [] };
      case 'conflict':
        scene = toScene(answer.scene);
    }
  }
  throw new MendloopError('StoreUnavailable', `other processes change cluster ${cluster} again and again`);
}

/** Begins to read what an operation will look at when it is committed by itself. */
export function foreseeOperation(
  { foreseen, ...parts }: CommitParts,
  { cluster, operation }: { readonly cluster: string; readonly operation: Operation<unknown> },
): void {
  const ask = storableJson(askFor(parts, [operation]));
  foreseen?.begin(questionOf(cluster, ask), () => readScene(parts.database, cluster, ask));
}

function questionOf(cluster: string, ask: string): string {
  return `${cluster}\n${ask}`;
}

/** What operations would come to now. Writes nothing. */
export async function previewOperation<Answer>(
  parts: CommitParts,
  { cluster, operation }: { readonly cluster: string; readonly operation: Operation<Answer> },
): Promise<Answer> {
  const ask = storableJson(askFor(parts, [operation]));
  return operation.apply(new Draft(await readScene(parts.database, cluster, ask), parts.limits));
}

export function restored(reason: string): MendloopError {
  return new MendloopError('StoreRestored', `nothing is admitted until the store is reconciled: ${reason}`);
}

function askFor({ limits, now }: CommitParts, operations: readonly Operation<unknown>[]) {
  const { maxConcurrent, maxActionsPerHour, blastRadius } = limits;
  const windowMs = Math.ceil(blastRadius.windowSeconds * 1000);
  return {
    ...allNeeds(operations),
    limits: { maxConcurrent, maxActionsPerHour, windowMs },
    now: now === undefined ? null : Math.floor(now()),
  };
}

async function readScene(database: Pick<Database, 'run'>, cluster: string, ask: string): Promise<Scene> {
  const [row] = await database.run({
    text: 'SELECT mendloop.read_admission($1, $2::jsonb)::text AS scene',
    values: [cluster, ask],
    prepare: 'read_admission',
  });
  return toScene(JSON.parse(row?.['scene'] ?? '') as StoredScene);
}

async function write(
  database: Pick<Database, 'run'>,
  cluster: string,
  ask: string,
  change: Change & {
    readonly known: KnownHead | null;
    readonly claimUntil: number | null;
    readonly whileRestored: boolean;
    readonly epochsBelow: number | null;
  },
): Promise<CommitAnswer> {
  const [row] = await database.run({
    text: 'SELECT mendloop.commit_admission($1, $2::jsonb, $3::jsonb)::text AS answer',
    values: [cluster, ask, storableJson(change)],
    prepare: 'commit_admission',
  });
  return JSON.parse(row?.['answer'] ?? '') as CommitAnswer;
}

function toScene({ pause, pace, ...scene }: StoredScene): Scene {
  return { ...scene, ...defined({ pause: pause ?? undefined, pace: pace ?? undefined }) };
}
