import { hostname, userInfo } from 'node:os';
import type { Config } from '../config/schema.ts';
import { canonicalJson, type JsonObject } from '../domain/audit/canonical-json.ts';
import { safeData } from '../domain/audit/safe-data.ts';
import { flagsEntry, policyEntry, type ProcessIdentity, settingsEntry } from '../domain/audit/settings-entry.ts';
import type { AuditStore } from '../store/audit/audit-log.ts';
import type { EventualAppends } from '../store/audit/append-eventually.ts';
import { sha256 } from '../store/audit/sha256.ts';
import type { FlagsObserver } from './open-flags.ts';
import type { PolicyObserver } from './open-policy.ts';

/** This process, as the audit log knows it. */
export function thisProcess(part: string, version: string): ProcessIdentity {
  return { part, version, host: hostname(), pid: process.pid, user: userName() };
}

/** With what settings this process runs. @throws MendloopError `AuditUnavailable`: then it must not start. */
export async function recordSettings(
  audit: Pick<AuditStore, 'append' | 'latest'>,
  { config, process: identity }: { readonly config: Config; readonly process: ProcessIdentity },
): Promise<void> {
  const plain = JSON.parse(JSON.stringify(config)) as JsonObject;
  const revision = sha256(canonicalJson(plain)).slice(0, 16);
  const before = await audit.latest('config', `config/${identity.part}/`);
  const at = new Date().toISOString();
  // As they are kept, so that they can be compared with what was kept.
  const settings = safeData(plain);
  await audit.append([settingsEntry({ process: identity, at, settings, revision, before: before?.data })]);
}

/** Which policy this process decides by, from its start on. */
export function policyRecorder(appends: EventualAppends, identity: ProcessIdentity): PolicyObserver {
  let current: string | undefined;
  let count = 0;
  const note = (source: string, revision: string, refused?: string) => {
    count += 1;
    const at = new Date().toISOString();
    const entry = policyEntry({
      ...{ process: identity, at, id: String(count), source, revision, previousRevision: current, refused },
    });
    appends.append(entry);
  };
  return {
    onReload: ({ revision, source }) => {
      note(source, revision);
      current = revision;
    },
    onError: ({ error, source }) => note(source, current ?? 'none', error.message),
  };
}

/** Which flag file this process goes by, from its start on. */
export function flagsRecorder(appends: EventualAppends, identity: ProcessIdentity): FlagsObserver {
  let current: string | undefined;
  let count = 0;
  const note = (source: string, revision: string, refused?: string) => {
    count += 1;
    const at = new Date().toISOString();
    const id = String(count);
    appends.append(flagsEntry({ process: identity, at, id, source, revision, previousRevision: current, refused }));
  };
  return {
    onReload: ({ source, revision }) => {
      note(source, revision);
      current = revision;
    },
    onError: ({ message }) => {
      note('the flag file', current ?? 'none', message);
    },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // A container's user that /etc/passwd does not know.
  }
}
