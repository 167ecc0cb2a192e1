import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { type Permission, type PlannedChange, Undo } from '../../../src/domain/actions/contract.ts';
import type { EffectResult } from '../../../src/domain/actions/effects.ts';
import { type ActionName, ACTIONS } from '../../../src/domain/actions/index.ts';
import { isRetryable, MendloopError } from '../../../src/domain/failures.ts';
import { noting } from '../../support/action-requests.ts';
import { type ActionRun, actionRun, dyingAfter, remediate } from '../../support/action-run.ts';
import { type ActionTable, type Arrange, type Here, type Row, ROWS, type Subject } from '../../support/action-table.ts';
import { startTestCluster, type TestCluster } from '../../support/cluster.ts';
import { startControllers } from '../../support/more-controllers.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { asServiceAccount, withoutOneVerb } from '../../support/service-account.ts';

const names = Object.keys(ACTIONS) as ActionName[];

const tables = new Map<string, ActionTable>();
for (const name of names) {
  const { table } = (await import(`../../support/actions/${name}.ts`)) as { table: ActionTable };
  tables.set(name, table);
}

/** As the chart has it. */
const permissionsOf = parse(
  await readFile(new URL('../../../helm/mendloop/files/permissions.yaml', import.meta.url), 'utf8'),
) as Record<ActionName, Permission[]>;

let cluster: TestCluster;
let controllers: { stop(): Promise<void> } | undefined;
const installed: { stop(): Promise<void> }[] = [];
let serial = 0;

beforeAll(async () => {
  cluster = await startTestCluster();
  const more = [...new Set([...tables.values()].flatMap((table) => table.controllers ?? []))];
  if (more.length > 0) controllers = await startControllers(cluster.plane, more);
  for (const { install } of tables.values()) {
    const stoppable = await install?.(cluster);
    if (stoppable !== undefined) installed.push(stoppable);
  }
});
afterAll(async () => {
  for (const stoppable of installed) await stoppable.stop();
  await controllers?.stop();
  await (cluster as TestCluster | undefined)?.stop();
});

/**
 * A namespace of its own for each row: they run beside each other. Its nodes go with the row, for every row looks at all
 * nodes of the cluster.
 */
async function inRow<T>(use: (here: Here) => Promise<T>): Promise<T> {
  serial += 1;
  const namespace = `row-${serial}`;
  const { human } = cluster;
  await human.create('/api/v1/namespaces', { metadata: { name: namespace } });
  try {
    return await use({ cluster, namespace });
  } finally {
    await human.remove(`/api/v1/nodes?labelSelector=pool%3D${namespace}`);
  }
}

it('is run for every action, each with a table of its own name', async () => {
  const files = await readdir(new URL('../../support/actions/', import.meta.url));
  expect(files.toSorted()).toEqual(names.map((name) => `${name}.ts`).toSorted());
  for (const [name, { action, subjects }] of tables) {
    expect(action).toBe(name);
    expect(Object.keys(subjects).length).toBeGreaterThan(0);
  }
});

interface Tried {
  readonly action: ActionName;
  readonly subject: Subject;
  readonly before: unknown;
  readonly run: ActionRun;
  /** Another process of the same remediation. */
  readonly as: (kubernetes: KubernetesClient) => ActionRun;
}

/** Until the state is so: what follows from a change by the hands of controllers takes a moment. */
const eventually = (look: () => Promise<unknown>, expected: unknown) =>
  vi.waitFor(
    async () => {
      expect(await look()).toEqual(expected);
    },
    { timeout: PATIENCE_MS, interval: 50 },
  );

function hand<K extends keyof Subject>(subject: Subject, name: K): NonNullable<Subject[K]> {
  const found = subject[name];
  if (found === undefined) throw new Error(`the table gives no ${name}, and does not say that the row is not meant`);
  return found;
}

const rejection = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    (result) => ({ resolved: result }),
    (error: unknown) => error,
  );

/** Acts, and waits until it is done. */
async function act({ run }: Tried): Promise<{ planned: PlannedChange; result: EffectResult }> {
  const planned = await run.plan();
  const result = await run.start(planned);
  expect(result).toMatchObject({ changed: true });
  await run.observe(planned, result);
  return { planned, result };
}

/** Whether nothing is left of it, or that nothing is to be left of it. */
async function expectUndone({ action, subject, before }: Tried, status: string, acted: unknown): Promise<void> {
  if (ACTIONS[action]!.undo === Undo.Exact) {
    expect(status).toBe('restored');
    await eventually(() => subject.look(), before);
  } else {
    expect(status).toBe('nothing_to_undo');
    expect(await subject.look()).toEqual(acted);
  }
}

const tries: Readonly<Record<Exclude<Row, 'forbidden'>, (tried: Tried) => Promise<void>>> = {
  async success({ run, subject, before }) {
    const planned = await run.plan();
    expect(planned).toMatchObject({ isDone: false });
    const { diff } = await run.preview(planned);
    expect(diff).toMatch(/^[-+] /m);
    expect(await subject.look()).toEqual(before);
    const result = await run.start(planned);
    expect(result).toMatchObject({ changed: true });
    await run.observe(planned, result);
    expect(await run.stands(planned, result)).toEqual({ status: 'stands' });
    expect(await subject.look()).not.toEqual(before);
    await run.release(planned);
    await run.release(planned);
  },

  async alreadyDone({ run, subject }) {
    const planned = await run.plan();
    await hand(subject, 'wanted')();
    const wanted = await subject.look();
    expect(await run.plan()).toMatchObject({ isDone: true });
    expect(await run.done(planned)).toBeUndefined();
    const result = await run.start(planned);
    expect(result).toMatchObject({ changed: false });
    expect((await run.undo(planned, result)).status).not.toBe('restored');
    expect(await subject.look()).toEqual(wanted);
  },

  async conflict({ run, subject }) {
    const planned = await run.plan();
    const { make, type } = subject.conflict ?? { make: hand(subject, 'moved'), type: 'TargetChanged' };
    await make();
    const moved = await subject.look();
    await expect(run.start(planned)).rejects.toMatchObject({ type });
    expect(await subject.look()).toEqual(moved);
    await run.undo(planned);
    expect(await subject.look()).toEqual(moved);
  },

  async notFound({ run, subject }) {
    await expect(run.plan('no-such-thing')).rejects.toMatchObject({ type: 'TargetNotFound' });
    const planned = await run.plan();
    await hand(subject, 'remove')();
    // What is moved may outlive the target, as an autoscaler does.
    const left = await rejection(subject.look());
    await expect(run.plan()).rejects.toMatchObject({ type: 'TargetNotFound' });
    expect(await rejection(run.start(planned))).toSatisfy(
      (answer) =>
        (answer instanceof MendloopError && answer.type === 'TargetNotFound') ||
        (answer as { resolved?: EffectResult }).resolved?.changed === false,
    );
    expect((await run.undo(planned)).status).toMatch(/^(gone|nothing_to_undo)$/);
    await run.release(planned);
    expect(await rejection(subject.look())).toEqual(left);
  },

  async cancel(tried) {
    const { run, subject } = tried;
    const planned = await run.plan();
    const goOn = await hand(subject, 'stall')();
    try {
      const result = await run.start(planned);
      const cancel = new AbortController();
      const waiting = rejection(run.observe(planned, result, { signal: cancel.signal }));
      // It does wait: what was begun cannot be done.
      expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 500, 'waits'))])).toBe('waits');
      cancel.abort(new Error('cancelled'));
      expect(await waiting).toMatchObject({ message: 'cancelled' });
      const { status } = await run.undo(planned, result);
      await goOn();
      if (ACTIONS[tried.action]!.undo === Undo.Exact) await expectUndone(tried, status, undefined);
      else expect(status).toBe('nothing_to_undo');
    } finally {
      await goOn();
    }
  },

  async crash({ as, run, subject }) {
    const planned = await run.plan();
    let crashes = 0;
    let result: EffectResult | undefined;
    while (result === undefined) {
      const dying = as(dyingAfter(cluster.kubernetes, crashes + 1));
      const outcome = await rejection(dying.start(planned));
      if (!(outcome instanceof Error)) result = (outcome as { resolved: EffectResult }).resolved;
      else if (!(outcome instanceof MendloopError && isRetryable(outcome.type))) throw outcome;
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(1);
    expect(result).toMatchObject({ changed: true });
    await run.observe(planned, result);
    const [state, changes] = [await subject.look(), await subject.changes?.()];
    if (changes !== undefined) expect(changes).toBe(1);
    const again = await run.start(planned);
    expect(again).toMatchObject({ changed: true });
    await run.observe(planned, again);
    expect([await subject.look(), await subject.changes?.()]).toEqual([state, changes]);
  },

  async answerLost(tried) {
    const { as, run, subject } = tried;
    const look = (planned: PlannedChange) => as(cluster.kubernetes).done(planned);
    const planned = await run.plan();
    expect(await look(planned)).toBeUndefined();
    expect(await subject.look()).toEqual(tried.before);
    const result = await run.start(planned);
    expect(await look(planned)).toMatchObject({ changed: true });
    await run.observe(planned, result);
    expect(await look(planned)).toMatchObject({ changed: true });
    await run.undo(planned, result);
    if (ACTIONS[tried.action]!.undo === Undo.Exact) expect(await look(planned)).toBeUndefined();
  },

  async reset(tried) {
    const { as, subject } = tried;
    const { planned } = await act(tried);
    const [state, changes] = [await subject.look(), await subject.changes?.()];
    const later = as(cluster.kubernetes);
    const again = await later.start(planned, { epoch: 2 });
    expect(again).toMatchObject({ changed: true });
    await later.observe(planned, again);
    expect(await later.stands(planned, again)).toEqual({ status: 'stands' });
    expect([await subject.look(), await subject.changes?.()]).toEqual([state, changes]);
  },

  async undo(tried) {
    const { as, subject } = tried;
    const { planned, result } = await act(tried);
    const acted = await subject.look();
    const { status } = await as(cluster.kubernetes).undo(planned);
    await expectUndone(tried, status, acted);
    const changes = await subject.changes?.();
    const again = await as(cluster.kubernetes).undo(planned, result);
    await expectUndone(tried, again.status, acted);
    expect(await subject.changes?.()).toEqual(changes);
  },

  async undoFails(tried) {
    const { as, run, subject } = tried;
    const { planned, result } = await act(tried);
    const acted = await subject.look();
    for (const writes of [0, 1]) {
      const failed = await rejection(as(dyingAfter(cluster.kubernetes, writes)).undo(planned, result));
      expect(failed).toSatisfy((error) => error instanceof MendloopError && isRetryable(error.type));
      if (writes === 0) expect(await subject.look()).toEqual(acted);
    }
    await expectUndone(tried, (await run.undo(planned, result)).status, acted);
  },

  async replaced(tried) {
    const { run, subject, before } = tried;
    const { planned, result } = await act(tried);
    await hand(subject, 'remove')();
    await hand(subject, 'create')();
    const anew = await subject.look();
    const refusal = /^Target(Replaced|NotFound|Changed)$/;
    for (const attempt of [() => run.start(planned), () => run.preview(planned)]) {
      const outcome = await rejection(attempt());
      if (outcome instanceof Error) expect(outcome).toMatchObject({ type: expect.stringMatching(refusal) as string });
    }
    await expect(run.preview(planned)).rejects.toMatchObject({ type: expect.stringMatching(refusal) as string });
    const undone = subject.outlives === true ? /^restored$/ : /^(gone|nothing_to_undo)$/;
    expect((await run.undo(planned, result)).status).toMatch(undone);
    expect((await run.undo(planned)).status).toMatch(undone);
    if (ACTIONS[tried.action]!.undo === Undo.Exact) {
      expect(await run.stands(planned, result)).toMatchObject({ status: 'gone' });
    }
    await run.release(planned);
    expect(await subject.look()).toEqual(subject.outlives === true ? before : anew);
  },

  async reverted(tried) {
    const { run, subject } = tried;
    const { planned, result } = await act(tried);
    await hand(subject, 'revert')();
    const reverted = await subject.look();
    expect(await run.stands(planned, result)).toMatchObject({ status: 'moved' });
    expect((await run.undo(planned, result)).status).toMatch(/^(left_alone|nothing_to_undo)$/);
    expect(await subject.look()).toEqual(reverted);
  },

  async takenOver(tried) {
    const { run, subject } = tried;
    const { planned, result } = await act(tried);
    await hand(subject, 'moved')();
    const moved = await subject.look();
    expect(await run.stands(planned, result)).toMatchObject({ status: 'moved', by: 'kubectl' });
    const isExact = ACTIONS[tried.action]!.undo === Undo.Exact;
    const left = isExact ? { status: 'left_alone', by: 'kubectl' } : { status: 'nothing_to_undo' };
    expect(await run.undo(planned, result)).toMatchObject(left);
    expect(await run.undo(planned)).toMatchObject(left);
    expect(await subject.look()).toEqual(moved);
  },
};

describe.concurrent.each(names)('%s', (action) => {
  const { subjects, reaches = {}, notMeant, untold = {} } = tables.get(action)!;
  const rows = Object.keys(tries) as (keyof typeof tries)[];
  const arranged = Object.entries(subjects);

  it('says why of each row that it does not mean', () => {
    for (const reason of Object.values({ ...notMeant, ...untold })) expect(reason).toMatch(/\w+ \w+ \w+/);
  });

  describe.each(arranged)('of %s', (_, arrange) => {
    for (const row of rows.filter((name) => notMeant[name] === undefined)) {
      it(ROWS[row], async () => {
        await inRow(async (here) => {
          const subject = await arrange(here);
          const as = (kubernetes: KubernetesClient) => actionRun(action, subject, kubernetes);
          await tries[row]({ action, subject, before: await subject.look(), run: as(cluster.kubernetes), as });
        });
      });
    }
  });

  describe(ROWS.forbidden, () => {
    const everything = [...arranged, ...Object.entries(reaches)];
    const permissions = permissionsOf[action];
    /** What was asked of the API server, and how it ended; rejects where it could not even begin. */
    const withOnly = (arrange: Arrange, allowed: readonly Permission[]) =>
      inRow(async (here) => {
        const subject = await arrange(here);
        const account = { namespace: here.namespace, name: 'mendloop', permissions: allowed };
        const { client, asked } = noting(await asServiceAccount(cluster, account));
        const [done] = await Promise.allSettled([remediate(action, subject, client)]);
        return { asked, done };
      });

    let asking: Promise<{ arrange: Arrange; asked: ReadonlySet<string> }[]> | undefined;
    const allowed = () => {
      asking ??= Promise.all(
        everything.map(async ([, arrange]) => {
          const { asked, done } = await withOnly(arrange, permissions);
          if (done.status === 'rejected') throw done.reason;
          return { arrange, asked };
        }),
      );
      return asking;
    };

    it('with all of them', async () => {
      expect((await allowed()).length).toBe(everything.length);
    });

    it.each(withoutOneVerb(permissions).filter(([lacking]) => untold[lacking] === undefined))(
      'but not %s',
      async (lacking, lacked) => {
        const user = (await allowed()).find(({ asked }) => asked.has(lacking));
        if (user === undefined) throw new Error(`nothing asks to ${lacking}`);
        const { done } = await withOnly(user.arrange, lacked);
        const [verb = '', resource = ''] = lacking.split(' ');
        expect(done).toMatchObject({
          status: 'rejected',
          reason: {
            type: 'KubernetesForbidden',
            message: expect.stringContaining(`cannot ${verb} resource "${resource}"`) as string,
          },
        });
      },
    );
  });
});
