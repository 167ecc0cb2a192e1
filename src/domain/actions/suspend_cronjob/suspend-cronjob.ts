import { z } from 'zod';
import { defined } from '../../defined.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { Target } from '../../target/target.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import type { FieldEdit } from '../field-edit.ts';
import { namespaced } from '../permission.ts';
import type { SeenTarget } from '../seen-target.ts';

export interface SuspendCronJobSeen extends SeenTarget {
  /** As it stands; `null`: it says nothing, which means false. */
  readonly suspend: boolean | null;
  readonly schedule: string;
  /** Jobs of it that run now: they go on. */
  readonly running: number;
}

const parametersSchema = z.strictObject({});

/** Keeps a CronJob from starting Jobs; those that run go on. */
export const suspendCronJobAction: ActionDefinition<z.infer<typeof parametersSchema>, SuspendCronJobSeen> = {
  name: 'suspend_cronjob',
  version: 1,
  summary: 'keeps a CronJob from starting Jobs; those that run go on',
  compensation: 'lets the CronJob start Jobs again, if it is still suspended by this remediation alone',
  parameters: parametersSchema,
  kinds: ['CronJob'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence: 'compare-and-set of `suspend` under a field manager of its own for each remediation, by UID',
  permissions: [
    namespaced('batch', ['cronjobs'], ['get', 'patch'], ['suspend']),
    namespaced('', ['events'], ['create']),
  ],
  danger:
    'What the CronJob does is not done: its Jobs that run go on, and those missed meanwhile are not all made up for.',
  proof: [],
  leasable: false,
  describe: () => 'until it is undone',
  plan,
};

function plan({ seen }: PlanRequest<object, SuspendCronJobSeen>): PlannedChange {
  const { target, uid, labels, heldBy, suspend, schedule, running } = seen;
  const change: FieldEdit = { field: ['suspend'], from: suspend === true ? false : suspend, to: true };
  const isDone = suspend === true;
  return defined({
    action: suspendCronJobAction.name,
    version: suspendCronJobAction.version,
    target,
    uid,
    change,
    isDone,
    title: `suspend ${nameTarget(target)}`,
    awaits: `no new Jobs of ${nameTarget(target)}`,
    undo: Undo.Exact,
    // What another hand has suspended is not for us to resume.
    manualUndo: isDone ? undefined : commandFor(target, false),
    command: commandFor(target, true),
    locks: [],
    readings: [
      { name: 'schedule', text: `${schedule}${isDone ? ', suspended' : ''}` },
      { name: 'running Jobs', text: String(running), value: running },
    ],
    heldBy,
    labels,
  });
}

/** What a human types. */
function commandFor({ namespace, name }: Target, suspend: boolean): string {
  return `kubectl -n ${namespace} patch cronjob ${name} --type merge -p '{"spec":{"suspend":${suspend}}}'`;
}
