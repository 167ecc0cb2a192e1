import { defined } from '../defined.ts';
import type { AuditEntry } from './audit-entry.ts';
import { isJsonArray, type JsonObject, type JsonValue } from './canonical-json.ts';

/** Keys that are named; of more, how many there are. */
const MAX_CHANGED = 100;

/** A process of Mendloop, for auditors who ask later which ran with what. */
export interface ProcessIdentity {
  /** `up`, `api`, `worker`. */
  readonly part: string;
  readonly host: string;
  readonly pid: number;
  /** Of the operating system. */
  readonly user: string;
  readonly version: string;
}

export interface SettingsInUse {
  readonly process: ProcessIdentity;
  /** RFC 3339. */
  readonly at: string;
  /** Secrets are references in it. */
  readonly settings: JsonObject;
  /** A digest of the settings: equal ones have the same. */
  readonly revision: string;
  /** `data` of the last such entry of the same part. */
  readonly before?: JsonObject | undefined;
}

/** With what settings a process runs, and which of them are others than those of the last one of its part. */
export function settingsEntry({ process, at, settings, revision, before }: SettingsInUse): AuditEntry {
  const last = before?.['settings'];
  const changed = before?.['revision'] === revision || !isObject(last) ? [] : changedKeys(last, settings);
  return {
    key: `config/${process.part}/${process.host}/${process.pid}/${at}`,
    ...{ at, actor: actorOf(process), kind: 'config' },
    data: {
      ...{ event: 'started', ...process, revision },
      ...defined({ previousRevision: textOf(before?.['revision']) }),
      changed: changed.slice(0, MAX_CHANGED),
      ...(changed.length > MAX_CHANGED ? { furtherChanges: changed.length - MAX_CHANGED } : {}),
      settings,
    },
  };
}

export interface PolicyInUse {
  readonly process: ProcessIdentity;
  readonly at: string;
  /** Unique within the process. */
  readonly id: string;
  /** Where it came from: a bundle's path, a server's address. */
  readonly source: string;
  /** Of the policy in use from now on, or still. */
  readonly revision: string;
  readonly previousRevision?: string | undefined;
  /** Why what was found there is not used; absent: it is. */
  readonly refused?: string | undefined;
}

/** Which policy a process decides by from now on, or why it goes on with the one before. */
export function policyEntry(inUse: PolicyInUse): AuditEntry {
  const { process, at, id, source, revision, previousRevision, refused } = inUse;
  const event = refused !== undefined ? 'refused' : previousRevision === undefined ? 'loaded' : 'reloaded';
  return {
    key: `policy/${process.part}/${process.host}/${process.pid}/${id}/${at}`,
    ...{ at, actor: actorOf(process), kind: 'policy' },
    data: { event, ...process, source, revision, ...defined({ previousRevision, refused }) },
  };
}

/** Which flag file a process goes by from now on, or why it goes on with the one before. */
export function flagsEntry(inUse: PolicyInUse): AuditEntry {
  const { process, at, id, source, revision, previousRevision, refused } = inUse;
  const isFirst = previousRevision === undefined;
  const event = refused !== undefined ? 'flags_refused' : isFirst ? 'flags_loaded' : 'flags_changed';
  return {
    key: `flags/${process.part}/${process.host}/${process.pid}/${id}/${at}`,
    ...{ at, actor: actorOf(process), kind: 'config' },
    data: { event, ...process, source, revision, ...defined({ previousRevision, refused }) },
  };
}

export interface Promoted {
  /** RFC 3339. */
  readonly at: string;
  /** Unique. */
  readonly id: string;
  readonly by: string;
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** The flag file that is changed. */
  readonly file: string;
}

/** A human lets a rule go a stage further, by a change of the flag file that follows. */
export function promotedEntry({ at, id, by, ...data }: Promoted): AuditEntry {
  return { key: `promote/${id}`, at, actor: by, kind: 'config', data: { event: 'promoted', ...data } };
}

function actorOf({ user, host }: ProcessIdentity): string {
  return `${user}@${host}`;
}

/** Dotted paths at which two settings differ, each as deep as it can be said. */
export function changedKeys(before: JsonObject, after: JsonObject, path = ''): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return keys.flatMap((key) => {
    const [one, other] = [ownMember(before, key), ownMember(after, key)];
    const here = path === '' ? key : `${path}.${key}`;
    if (isObject(one) && isObject(other)) return changedKeys(one, other, here);
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [here];
  });
}

function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isJsonArray(value);
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
