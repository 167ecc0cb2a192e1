import { expect, it } from 'vitest';
import type { Admission } from '../../../src/domain/admission/admission.ts';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import type { AdmissionStore } from '../../../src/store/store.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { countedAdmission } from '../../../src/workers/counted-store.ts';
import { asking, leaving } from '../../support/store/requests.ts';

const row = (key: string): AuditEntry => ({
  ...{ key, at: '2026-01-01T00:00:00Z', actor: 'mendloop', kind: 'effect_intended', data: {} },
});
const audit = [row('decision'), row('intended')];

/** A store that gives one answer, and the metrics of a process that uses it. */
function storeAnswering(answer: () => Promise<Admission>) {
  const never = () => Promise.reject(new Error('not asked'));
  const rest = {
    foresee: () => undefined,
    changes: never,
    preview: never,
    fence: never,
    sweep: never,
    reconcile: never,
  };
  const store: AdmissionStore = { ...rest, admit: answer, leave: () => answer().then(() => undefined) };
  const metrics = createMetrics();
  const shown = async () => {
    const { body } = await metrics.scrape();
    return body.split('\n').filter((line) => /^mendloop_audit_(records_total|append_failures_total)\b/.test(line));
  };
  return { store: countedAdmission(store, metrics), shown };
}

const FAILED = 'mendloop_audit_append_failures_total{reason="AuditUnavailable"} 0';

it('rows of the audit log are counted also where they are in the commit of a grant, or of an end', async () => {
  const { store, shown } = storeAnswering(() => Promise.resolve({ status: 'granted', epoch: 1 }));
  await store.admit(asking('a', { audit }));
  expect(await shown()).toEqual(['mendloop_audit_records_total 2', FAILED]);
  await store.leave(leaving('a', { audit: [row('outcome')] }));
  expect(await shown()).toEqual(['mendloop_audit_records_total 3', FAILED]);
});

it('rows that were not appended are not counted', async () => {
  const { store, shown } = storeAnswering(() => Promise.resolve({ status: 'queued', position: 1, text: 'busy' }));
  await store.admit(asking('a', { audit }));
  expect(await shown()).toEqual(['mendloop_audit_records_total 0', FAILED]);
});

it('rows that cannot be appended are, by the reason', async () => {
  const { store, shown } = storeAnswering(() => Promise.reject(new MendloopError('StoreUnavailable', 'away')));
  await expect(store.admit(asking('a'))).rejects.toThrow('away');
  expect(await shown()).toEqual(['mendloop_audit_records_total 0', FAILED]);
  await expect(store.admit(asking('a', { audit }))).rejects.toThrow('away');
  expect(await shown()).toContain('mendloop_audit_append_failures_total{reason="StoreUnavailable"} 1');
});
