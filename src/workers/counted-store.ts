import { MendloopError } from '../domain/failures.ts';
import type { AuditLog, AuditStore } from '../store/audit/audit-log.ts';
import type { AdmissionStore } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';

type Counters = Pick<Metrics, 'auditAppended' | 'auditAppendFailed'>;

/** The audit log, with what is appended to it counted. */
export function countedAudit(store: AuditStore, metrics: Counters): AuditLog {
  return {
    append: (entries) => counting(metrics, entries, () => store.append(entries)),
    list: (query) => store.list(query),
    verify: (options) => store.verify(options),
    close: () => store.close(),
  };
}

/** Admission, with the rows of the audit log counted that its commits append. */
export function countedAdmission(store: AdmissionStore, metrics: Counters): AdmissionStore {
  return {
    admit: (request) => counting(metrics, request.audit, () => store.admit(request), isGranted),
    foresee: (request) => store.foresee(request),
    leave: (request) => counting(metrics, request.audit, () => store.leave(request)),
    changes: (question) => store.changes(question),
    preview: (request) => store.preview(request),
    fence: (request) => store.fence(request),
    sweep: (request) => store.sweep(request),
    reconcile: (request) => store.reconcile(request),
  };
}

/** What is not granted appends nothing. */
const isGranted = ({ status }: Awaited<ReturnType<AdmissionStore['admit']>>) => status === 'granted';

async function counting<T>(
  metrics: Counters,
  rows: readonly unknown[],
  append: () => Promise<T>,
  appends: (answer: T) => boolean = () => true,
): Promise<T> {
  const records = rows.length;
  try {
    const answer = await append();
    if (records > 0 && appends(answer)) metrics.auditAppended({ records, at: Date.now() });
    return answer;
  } catch (error) {
    if (records > 0) metrics.auditAppendFailed(error instanceof MendloopError ? error.type : 'Internal');
    throw error;
  }
}
