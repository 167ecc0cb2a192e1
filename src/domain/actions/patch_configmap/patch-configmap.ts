import { z } from 'zod';
import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { formatTarget } from '../../target/format-target.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { Target } from '../../target/target.ts';
import { redactText } from '../../text/redact.ts';
import { cut } from '../../text/plain-text.ts';
import { shellWord } from '../../text/shell-word.ts';
import { type ActionDefinition, type PlannedChange, type PlanRequest, Scope, Undo } from '../contract.ts';
import { namespaced, templatePermissions } from '../permission.ts';
import { requireRestartable } from '../restart/restart.ts';
import { TEMPLATE_KINDS } from '../template-facts.ts';
import { templateReadings } from '../template-readings.ts';
import type { TemplateSeen } from '../template-seen.ts';
import { mergedText } from './merge-text.ts';
import { type PatchConfigMapParameters, patchConfigMapParametersSchema } from './parameters.ts';

export interface PatchConfigMapSeen extends TemplateSeen {
  /** Whether the workload's Pods are given it. */
  readonly isRead: boolean;
  /** Absent: there is none of that name. */
  readonly configMap?: {
    readonly uid: string;
    readonly isImmutable: boolean;
    /** Of the key; absent: it has no such key. */
    readonly value?: string;
  };
}

/** What the effects take, and the history keeps. */
export const patchConfigMapChangeSchema = z.object({
  configMap: z.string(),
  configMapUid: z.string(),
  key: z.string(),
  /** `null`: there was no such key. */
  from: z.string().nullable(),
  to: z.string(),
  minReadyPeers: z.number().int(),
  complaints: z.array(z.string()),
});
export type PatchConfigMapChange = z.infer<typeof patchConfigMapChangeSchema>;

/** Characters of a value that is kept, so that it can be put back. */
const MAX_VALUE = 65_536;

/** Sets one key of a ConfigMap, and restarts the workload that reads it. */
export const patchConfigMapAction: ActionDefinition<PatchConfigMapParameters, PatchConfigMapSeen> = {
  name: 'patch_configmap',
  version: 1,
  summary: 'sets one key of a ConfigMap to a value that policy allows, and restarts the workload that reads it',
  compensation: 'puts the key back to what it was, and restarts the workload once more',
  parameters: patchConfigMapParametersSchema,
  kinds: [...TEMPLATE_KINDS, 'Pod'],
  scope: Scope.Namespaced,
  undo: Undo.Exact,
  idempotence:
    'compare-and-set of the key with a mark in the same patch, then an annotation of the template that names the remediation; both by UID',
  permissions: [
    ...templatePermissions(['template.metadata']),
    namespaced('', ['configmaps'], ['get', 'patch'], ['data']),
  ],
  danger:
    'A setting is changed behind the back of what is released with it, and other workloads may read the same ConfigMap without being restarted: policy names every value that may be set. A value that looks as if it held a secret is refused, since the old one is kept to be put back.',
  proof: [{ kind: 'rollout_complete' }, { kind: 'no_restarts', forSeconds: 60 }],
  leasable: false,
  describe: ({ configMap, key, value, strategy }) =>
    `${strategy} ${key} of ConfigMap ${configMap} by ${cut(JSON.stringify(value), 60)}`,
  plan,
};

function plan({ parameters, seen }: PlanRequest<PatchConfigMapParameters, PatchConfigMapSeen>): PlannedChange {
  const { target, facts, heldBy, configMap } = seen;
  const { key, minReadyPeers } = parameters;
  const map: Target = { ...target, kind: 'ConfigMap', name: parameters.configMap };
  const name = nameTarget(map);
  if (configMap === undefined) throw new MendloopError('TargetNotFound', `${name} does not exist`);
  const to = wantedValue(parameters, { ...seen, configMap }, name);
  const isDone = configMap.value === to;
  if (!isDone) requireRestartable(target, facts, minReadyPeers);
  const from = configMap.value ?? null;
  const change: PatchConfigMapChange = {
    ...{ configMap: map.name, configMapUid: configMap.uid, key, from, to, minReadyPeers },
    complaints: [...facts.complaints],
  };
  return defined({
    action: patchConfigMapAction.name,
    version: patchConfigMapAction.version,
    target,
    uid: facts.uid,
    change,
    isDone,
    title: `set ${key} of ${name} and restart ${nameTarget(target)}`,
    awaits: `the new Pods of ${nameTarget(target)}`,
    undo: Undo.Exact,
    manualUndo: commandOf(target, map.name, key, from),
    command: commandOf(target, map.name, key, to),
    locks: [formatTarget(map)],
    readings: [
      { name: key, text: from === null ? 'not there' : cut(from, 200) },
      { name: 'to be', text: cut(to, 200) },
      ...templateReadings(facts),
    ],
    heldBy,
    labels: facts.labels,
  });
}

/** @throws MendloopError `NotIndicated`, `TargetUnsupported`. */
function wantedValue(
  { configMap, strategy, value }: PatchConfigMapParameters,
  {
    target,
    isRead,
    configMap: { isImmutable, value: now },
  }: PatchConfigMapSeen & Required<Pick<PatchConfigMapSeen, 'configMap'>>,
  name: string,
): string {
  if (!isRead) {
    throw new MendloopError('NotIndicated', `${nameTarget(target)} does not read ConfigMap ${configMap}`);
  }
  if (isImmutable) throw new MendloopError('TargetUnsupported', `${name} is immutable`);
  if (strategy === 'merge' && now === undefined) {
    throw new MendloopError('NotIndicated', `${name} has no such key that could be merged into`);
  }
  const wanted = strategy === 'merge' ? mergedText(now ?? '', value) : value;
  for (const text of [now ?? '', wanted]) {
    if (text.length > MAX_VALUE)
      throw new MendloopError('TargetUnsupported', `the value in ${name} is too long to keep`);
    if (redactText(text) !== text) {
      throw new MendloopError(
        'TargetUnsupported',
        `the value in ${name} looks as if it held a secret, and is not kept`,
      );
    }
  }
  return wanted;
}

function commandOf({ namespace, kind, name }: Target, map: string, key: string, value: string | null): string {
  const patch = shellWord(JSON.stringify({ data: { [key]: value } }));
  const restart = `kubectl -n ${namespace} rollout restart ${kind.toLowerCase()} ${name}`;
  return `kubectl -n ${namespace} patch configmap ${map} --type merge -p ${patch} && ${restart}`;
}
