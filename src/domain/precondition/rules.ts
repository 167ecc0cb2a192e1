import { nameObject } from '../authority/seen-object.ts';
import { formatTarget } from '../target/format-target.ts';
import { nameTarget } from '../target/name-target.ts';
import { countOf } from '../text/count-of.ts';
import { spanText } from '../text/span-text.ts';
import type { FactName, FactParts, ReleaseFacts, Seen } from './facts.ts';
import type { Precondition, PreconditionKind } from './precondition.ts';

/** What one of the kinds comes to. */
export interface Verdict {
  readonly met: boolean;
  /** What was seen, for people. */
  readonly seen: string;
}

type Of<K extends PreconditionKind> = Extract<Precondition, { readonly kind: K }>;

interface Rule<K extends PreconditionKind> {
  /** What it is for, in one sentence, for lists and the documentation. */
  readonly summary: string;
  /** The part of the facts that an action must have seen; absent: every action has. */
  readonly needs?: FactName;
  /** What is to be so, for people. `action`: what it is asked of. */
  describe(wanted: Of<K>, action: string): string;
  judge(wanted: Of<K>, seen: Seen): Verdict;
}

type Rules = { readonly [K in PreconditionKind]: Rule<K> };

/** What is not known is not met: a plan that is afraid of something does not act without having looked. */
const NOT_SEEN: Verdict = { met: false, seen: 'it was not seen' };

const RULES: Rules = {
  not_repeated: {
    summary: 'the same action was not done too often to the same object of late',
    describe: ({ withinSeconds, times }, action) =>
      times === 1
        ? `no second ${action} of it within ${spanText(withinSeconds)}`
        : `at most ${times} times ${action} of it within ${spanText(withinSeconds)}`,
    judge: ({ withinSeconds, times }, { history, now }) => {
      if (history === undefined) return NOT_SEEN;
      const within = history.filter(({ at }) => at > now - withinSeconds * 1000);
      const [last] = within;
      if (last === undefined) return { met: true, seen: 'not done in that time' };
      const ago = spanText(Math.max(1, Math.round((now - last.at) / 1000)));
      const often = times === 1 && within.length === 1 ? 'done' : `done ${countOf(within.length, 'time')}, last`;
      return { met: within.length < times, seen: `${often} ${ago} ago by ${last.remediationId}` };
    },
  },
  ready_left: {
    summary: 'ready Pods of the workload are left while others are replaced or go',
    needs: 'pods',
    describe: ({ min }) => `${countOf(min, 'ready Pod')} left at any time`,
    judge: ({ min }, { facts }) =>
      onPods(facts.pods, ({ workload, left, losesReady }) =>
        losesReady
          ? { met: left >= min, seen: `${left} of ${nameTarget(workload)} would be left` }
          : { met: true, seen: `no ready Pod of ${nameTarget(workload)} would go` },
      ),
  },
  replicas_at_least: {
    summary: 'the workload is to have so many Pods',
    needs: 'pods',
    describe: ({ min }) => `a workload of ${countOf(min, 'Pod')} or more`,
    judge: ({ min }, { facts }) =>
      onPods(facts.pods, ({ workload, wanted }) => ({
        met: wanted >= min,
        seen: `${nameTarget(workload)} is to have ${wanted}`,
      })),
  },
  at_rest: {
    summary: 'no rollout of the workload is under way',
    needs: 'rollout',
    describe: () => 'no rollout under way',
    judge: (_, { facts: { rollout } }) => {
      if (rollout === undefined) return NOT_SEEN;
      return { met: rollout.underWay === undefined, seen: rollout.underWay ?? 'it is at rest' };
    },
  },
  quota_has_room: {
    summary: 'no quota keeps Pods of the workload from being made',
    needs: 'quota',
    describe: () => 'no quota in the way',
    judge: (_, { facts: { quota } }) => {
      if (quota === undefined) return NOT_SEEN;
      return { met: quota.complaint === undefined, seen: quota.complaint ?? 'its controller complains of none' };
    },
  },
  released_within: {
    summary: 'the newest revision of the workload was made of late',
    needs: 'release',
    describe: ({ hours }) => `released within the last ${spanText(hours * 3600)}`,
    judge: ({ hours }, { facts, now }) =>
      onRelease(facts.release, 'from', ({ number, createdAt }) => ({
        met: now - createdAt <= hours * 3_600_000,
        seen: `revision ${number}, the newest, was made ${spanText((now - createdAt) / 1000)} ago`,
      })),
  },
  revision_younger_than: {
    summary: 'the revision that is gone back to is not too old',
    needs: 'release',
    describe: ({ days }) => `a revision younger than ${spanText(days * 86_400)}`,
    judge: ({ days }, { facts, now }) =>
      onRelease(facts.release, 'to', ({ number, createdAt }) => ({
        met: now - createdAt < days * 86_400_000,
        seen: `revision ${number} was made ${spanText((now - createdAt) / 1000)} ago`,
      })),
  },
  no_migration_between: {
    summary: 'no migration lies between the revision that is left and the one that is gone back to',
    needs: 'release',
    describe: ({ label }) => `the same ${label} before and after`,
    judge: ({ label }, { facts: { release } }) =>
      onRelease(release, 'from', (from) =>
        onRelease(release, 'to', (to) => {
          const [left, right] = [markOf(from, label), markOf(to, label)];
          const seen = `revision ${from.number} has ${left || 'none'}, revision ${to.number} ${right || 'none'}`;
          return { met: left === right, seen };
        }),
      ),
  },
  nodes_ready: {
    summary: 'enough other nodes are ready for the Pods of the node',
    needs: 'nodes',
    describe: ({ min, minShare }) =>
      `${countOf(min, 'other ready node')} or more, and ${Math.round(minShare * 100)} % of all`,
    judge: ({ min, minShare }, { facts: { nodes } }) => {
      if (nodes === undefined) return NOT_SEEN;
      const { size, ready } = nodes;
      return { met: ready >= min && ready / size >= minShare, seen: `${ready} of ${size} would be ready without it` };
    },
  },
  has_controller: {
    summary: 'every Pod that would go has a controller, which brings another',
    needs: 'orphans',
    describe: () => 'a controller of every Pod that would go',
    judge: (_, { facts: { orphans } }) => {
      if (orphans === undefined) return NOT_SEEN;
      if (orphans.length === 0) return { met: true, seen: 'each has one' };
      return { met: false, seen: `${orphans.slice(0, 3).join(', ')} would not come back` };
    },
  },
  kind_is: {
    summary: 'what is acted on, or the workload behind a Pod, is of one of these kinds',
    describe: ({ kinds }) => `a ${kinds.join(' or ')}`,
    judge: ({ kinds }, { facts: { target, pods } }) => {
      const object = pods?.workload ?? target;
      return { met: kinds.includes(object.kind), seen: `it is ${nameTarget(object)}` };
    },
  },
  marked: {
    summary: 'the object, or one behind it, has this label or annotation',
    describe: (wanted) => `marked with ${markText(wanted)}`,
    judge: (wanted, seen) => {
      const has = whoHas(wanted, seen);
      return { met: has !== undefined, seen: has === undefined ? 'nothing has it' : `${has} has it` };
    },
  },
  not_marked: {
    summary: 'neither the object nor one behind it has this label or annotation',
    describe: (wanted) => `not marked with ${markText(wanted)}`,
    judge: (wanted, seen) => {
      const has = whoHas(wanted, seen);
      return { met: has === undefined, seen: has === undefined ? 'nothing has it' : `${has} has it` };
    },
  },
};

function onPods(pods: FactParts['pods'] | undefined, judge: (pods: FactParts['pods']) => Verdict): Verdict {
  return pods === undefined ? NOT_SEEN : judge(pods);
}

function onRelease(
  release: FactParts['release'] | undefined,
  which: 'from' | 'to',
  judge: (release: ReleaseFacts) => Verdict,
): Verdict {
  if (release === undefined) return NOT_SEEN;
  const found = release[which];
  if (found !== undefined) return judge(found);
  const seen = which === 'from' ? 'no revision of it is its newest template' : 'there is no revision before it';
  return { met: false, seen };
}

function markOf({ marks }: ReleaseFacts, label: string): string {
  return Object.hasOwn(marks, label) ? (marks[label] ?? '') : '';
}

function markText({ label, value }: { readonly label: string; readonly value?: string }): string {
  return value === undefined ? label : `${label}=${value}`;
}

/** The first of the objects that has it, by name; undefined: none has. */
function whoHas(
  { label, value }: { readonly label: string; readonly value?: string },
  { objects }: Pick<Seen, 'objects'>,
): string | undefined {
  const object = objects.find(({ labels, annotations, podLabels }) =>
    [labels, annotations, podLabels].some(
      (texts) => Object.hasOwn(texts, label) && (value === undefined || texts[label] === value),
    ),
  );
  return object && nameObject(object);
}

/** What it is for, in one sentence. */
export function summaryOf(kind: PreconditionKind): string {
  return RULES[kind].summary;
}

/** The part of the facts that an action must have seen; undefined: every action has. */
export function factOf(kind: PreconditionKind): FactName | undefined {
  return RULES[kind].needs;
}

/** Whether an action sees what a precondition of this kind is judged by. */
export function canSee({ sees }: { readonly sees?: readonly FactName[] }, kind: PreconditionKind): boolean {
  const fact = factOf(kind);
  return fact === undefined || (sees ?? []).includes(fact);
}

export function describePrecondition(wanted: Precondition, action: string): string {
  return ruleOf(wanted).describe(wanted, action);
}

export function verdictOf(wanted: Precondition, seen: Seen): Verdict {
  return ruleOf(wanted).judge(wanted, seen);
}

/** The kinds of rule and precondition are the same by the key. */
function ruleOf<K extends PreconditionKind>({ kind }: { readonly kind: K }): Rule<K> {
  return RULES[kind];
}

/** Every object whose earlier changes count for one that an action touches: it, and the workload behind a Pod. */
export function rememberedAs({ target, pods }: Pick<Seen['facts'], 'target' | 'pods'>): string[] {
  return [...new Set([target, ...(pods === undefined ? [] : [pods.workload])].map(formatTarget))];
}
