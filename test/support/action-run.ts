import { createActionEffects } from '../../src/activities/actions/index.ts';
import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import { recordEvent } from '../../src/clients/kubernetes/record-event.ts';
import type { PlannedChange } from '../../src/domain/actions/contract.ts';
import type { EffectResult, Observed, Standing, UndoResult } from '../../src/domain/actions/effects.ts';
import { type ActionName, ACTIONS } from '../../src/domain/actions/index.ts';
import { defined } from '../../src/domain/defined.ts';
import { MendloopError } from '../../src/domain/failures.ts';
import type { Subject } from './action-table.ts';
import { PATIENCE_MS } from './patience.ts';

/** Whose remediation it is: its last two parts make the field manager. */
export const ID = 'remediation/default/Sick/00000000000000aa/1';

/** What asks the very same so often does not watch, but looks again and again. */
const LOOKS = 3;

export type ActionRun = ReturnType<typeof actionRun>;

/** One process that carries out an action for one remediation; what it knows of earlier ones is on the API server. */
export function actionRun(
  action: ActionName,
  subject: Pick<Subject, 'target' | 'parameters'>,
  kubernetes: KubernetesClient,
  remediationId = ID,
) {
  const definition = ACTIONS[action]!;
  const effects = createActionEffects({ kubernetes })[action];
  const stated = (planned: PlannedChange, result?: EffectResult) =>
    defined({ remediationId, planned, result: result === undefined ? undefined : result });
  return {
    async plan(name = subject.target.name): Promise<PlannedChange> {
      const parameters = definition.parameters.parse(subject.parameters ?? {});
      const target = { cluster: 'default', ...subject.target, name };
      const planned = definition.plan({
        target,
        parameters,
        seen: await effects.inspect({ target, parameters }),
      });
      // As the history keeps it.
      return JSON.parse(JSON.stringify(planned)) as PlannedChange;
    },
    preview: (planned: PlannedChange) => effects.preview(planned),
    /** As the activity does it: the effect, then marks and Event. */
    async start(planned: PlannedChange, { epoch = 1 } = {}): Promise<EffectResult> {
      const input = { remediationId, epoch, planned };
      const result = await effects.start(input);
      await effects.hold?.(input);
      const { target, uid } = planned;
      const event = { type: 'Normal', reason: 'MendloopActed', message: result.text } as const;
      if (result.changed) await recordEvent(kubernetes, { target, uid, remediationId, ...event });
      return JSON.parse(JSON.stringify(result)) as EffectResult;
    },
    done: (planned: PlannedChange): Promise<EffectResult | undefined> =>
      effects.done({ remediationId, epoch: 1, planned }),
    observe: (
      planned: PlannedChange,
      result: EffectResult,
      { signal = new AbortController().signal }: { signal?: AbortSignal } = {},
    ): Promise<Observed> =>
      effects.observe({ remediationId, planned, result, deadlineAt: Date.now() + PATIENCE_MS }, signal, () =>
        Promise.resolve(true),
      ),
    stands: async (planned: PlannedChange, result: EffectResult): Promise<Standing> =>
      (await effects.stands?.({ remediationId, planned, result })) ?? { status: 'stands' },
    /** As the activity does it: stopped first. */
    async undo(planned: PlannedChange, result?: EffectResult): Promise<UndoResult> {
      await effects.stop?.(stated(planned, result));
      return effects.undo(stated(planned, result));
    },
    release: (planned: PlannedChange) => effects.release({ remediationId, planned }),
  };
}

/** All that one remediation ever asks of the API server, from the look to the last mark. */
export async function remediate(action: ActionName, subject: Subject, kubernetes: KubernetesClient): Promise<void> {
  const waits = Promise.withResolvers<undefined>();
  /** How often each was asked for since the wait began. */
  let looks: Map<string, number> | undefined;
  const run = actionRun(action, subject, {
    ...kubernetes,
    get: (path, query) => {
      const asked = `${path}?${JSON.stringify(query)}`;
      const times = (looks?.get(asked) ?? 0) + 1;
      looks?.set(asked, times);
      if (times === LOOKS) waits.resolve(undefined);
      return kubernetes.get(path, query);
    },
    watch: (path, query, signal) => {
      waits.resolve(undefined);
      return kubernetes.watch(path, query, signal);
    },
  });
  const planned = await run.plan();
  await run.preview(planned);
  // What is done at once is not waited for: then nobody would hear of a watch that is not allowed.
  const goOn = await subject.stall?.();
  try {
    const result = await run.start(planned);
    // Where an earlier attempt had come to is looked up.
    await run.start(planned);
    await run.done(planned);
    looks = new Map();
    const waiting = run.observe(planned, result);
    await Promise.race([waiting, waits.promise]);
    await goOn?.();
    await waiting;
    await run.stands(planned, result);
    await run.undo(planned, result);
    await run.release(planned);
  } finally {
    await goOn?.();
  }
}

/** A client of a process that dies right after so many writes: those reach the API server, and nobody hears of the last. */
export function dyingAfter(kubernetes: KubernetesClient, writes: number): KubernetesClient {
  let left = writes;
  const died = () => new MendloopError('KubernetesUnavailable', 'the process has died');
  const write =
    <A extends unknown[], T>(call: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      if (left <= 0) throw died();
      left -= 1;
      const answer = await call(...given);
      if (left === 0) throw died();
      return answer;
    };
  return {
    ...kubernetes,
    jsonPatch: write(kubernetes.jsonPatch),
    mergePatch: write(kubernetes.mergePatch),
    create: write(kubernetes.create),
    remove: write(kubernetes.remove) as KubernetesClient['remove'],
  };
}
