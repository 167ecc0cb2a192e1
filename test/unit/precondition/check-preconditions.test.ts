import { describe, expect, it } from 'vitest';
import { checkPreconditions, type PreconditionsAsk } from '../../../src/activities/check-preconditions.ts';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import type { ActionDefinition } from '../../../src/domain/actions/contract.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { preconditionsSchema } from '../../../src/domain/precondition/precondition.ts';
import type { ChangesQuestion } from '../../../src/store/store.ts';

const pod = { cluster: 'default', namespace: 'till', kind: 'Pod', name: 'ledger-6f5d9c7b4-x2x4z' };
const workload = { ...pod, kind: 'Deployment', name: 'ledger' };
const now = Date.parse('2026-11-30T08:00:00Z');
const HOUR = 3_600_000;

/** What is seen of a workload at rest, of which two of three Pods stay ready. */
const seen = {
  target: workload,
  objects: [],
  template: 'f',
  facts: { uid: 'u', labels: {}, wanted: 3, ready: 3, updated: 3, leaves: 2, complaints: [] },
};

interface Given {
  readonly wanted?: unknown;
  readonly action?: string;
  readonly seen?: object;
  readonly definition?: Partial<ActionDefinition>;
  readonly done?: readonly number[];
}

/** Asks, and tells what was asked of the past. */
async function check({ wanted = [{ kind: 'not_repeated' }], action = 'restart', done, ...given }: Given = {}) {
  const asked: Omit<ChangesQuestion, 'cluster'>[] = [];
  const definition = ACTIONS[action];
  if (definition === undefined) throw new Error('no such action');
  const parameters = definition.parameters.parse({});
  const request: PreconditionsAsk = {
    definition: { ...definition, ...given.definition },
    ask: { target: pod, parameters, seen: { ...seen, ...given.seen } },
    preconditions: preconditionsSchema.parse(wanted),
    changes:
      done === undefined
        ? undefined
        : (question) => {
            asked.push(question);
            return Promise.resolve(done.map((at, index) => ({ remediationId: `remediation/${index}`, action, at })));
          },
    clock: () => now,
    except: 'remediation/own',
  };
  return { judged: await checkPreconditions(request), asked };
}

const unmet = (text: string) =>
  expect.objectContaining({ type: 'PreconditionNotMet', message: expect.stringContaining(text) as string }) as Error;

describe('the preconditions of a plan', () => {
  it('are judged on the object that was resolved, all of them', async () => {
    const { judged, asked } = await check({ wanted: [{ kind: 'ready_left', min: 2 }, { kind: 'at_rest' }] });
    expect(judged).toMatchObject([
      { kind: 'ready_left', met: true, seen: '2 of Deployment till/ledger would be left' },
      { kind: 'at_rest', met: true },
    ]);
    expect(asked).toEqual([]);
    expect((await check({ wanted: [] })).judged).toEqual([]);
  });

  it('ask the past once, for the longest time, of every object that it counts for, and not for itself', async () => {
    const { asked } = await check({
      wanted: [
        { kind: 'not_repeated', withinSeconds: 60 },
        { kind: 'not_repeated', withinSeconds: 7200 },
      ],
      done: [],
    });
    expect(asked).toEqual([
      {
        action: 'restart',
        objects: ['default/till/Deployment/ledger'],
        since: now - 2 * HOUR,
        except: 'remediation/own',
      },
    ]);
  });

  it('refuse a second time within the day, and say when the first was', async () => {
    await expect(check({ done: [now - 3 * HOUR] })).rejects.toEqual(
      unmet(
        'Deployment till/ledger: not_repeated wants no second restart of it within 24 h, and done 3 h ago by remediation/0',
      ),
    );
    await expect(check({ done: [now - 25 * HOUR] })).resolves.toMatchObject({ judged: [{ met: true }] });
  });

  it('refuse where the past is not known', async () => {
    await expect(check()).rejects.toEqual(unmet('it was not seen'));
  });

  it('let pass what would change nothing any more, and nothing else', async () => {
    const underWay = { facts: { ...seen.facts, underWay: '1 of 3 Pods are new' } };
    const asked: Given = { wanted: [{ kind: 'at_rest' }], seen: underWay };
    const planning = (plan: () => object) => ({ definition: { plan } as unknown as Partial<ActionDefinition> });
    await expect(check({ ...asked, ...planning(() => ({ isDone: true })) })).resolves.toMatchObject({
      judged: [{ met: false }],
    });
    await expect(check({ ...asked, ...planning(() => ({ isDone: false })) })).rejects.toEqual(
      unmet('1 of 3 Pods are new'),
    );
    const refusing = planning(() => {
      throw new MendloopError('RolloutUnderWay', 'its own word');
    });
    await expect(check({ ...asked, ...refusing })).rejects.toEqual(unmet('at_rest wants no rollout under way'));
  });
});
