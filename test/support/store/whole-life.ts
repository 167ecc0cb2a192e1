import type { Alert } from '../../../src/domain/alert/alert.ts';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { checkpointEntry } from '../../../src/domain/audit/checkpoint.ts';
import { signingKey } from '../../../src/store/audit/open-audit-log.ts';
import { createSigner } from '../../../src/store/audit/signing-key.ts';
import type { AuditSettings } from '../../../src/config/audit-schema.ts';
import { Wants } from '../../../src/domain/incident/wants.ts';
import type { Store } from '../../../src/store/store.ts';
import { aClause, aMoneyAsk, asking, leaving } from './requests.ts';

const CLUSTER = 'default';
const ORDER = { by: 'ann', reason: 'a freeze' };

/** Everything that processes of Mendloop ask of their store, each at least once, so that each statement of theirs is run. */
export async function wholeLife(store: Store, settings: AuditSettings): Promise<void> {
  await incidents(store);
  await admission(store);
  await people(store);
  await keeping(store, settings);
}

async function incidents({ incidents: store, unhandled }: Store): Promise<void> {
  const now = Date.now();
  const deliver = (alert: Alert) =>
    store.judgeDelivery({ cluster: CLUSTER, delivered: [{ alert, wants: Wants.More }], now });
  for (const name of ['a', 'b', 'c']) await deliver(alertOf(name));
  const [first] = await deliver(alertOf('a'));
  if (first === undefined || !('incident' in first)) throw new Error('no incident was opened');
  const id = first.incident.remediationId;
  await store.recognise({ cluster: CLUSTER, alerts: [alertOf('a')] });
  await store.mark({ started: [id], endTold: [] });
  await deliver({ ...alertOf('a'), status: 'resolved', endsAt: new Date(now).toISOString() });
  await store.mark({ started: [], endTold: [id] });
  await store.find(id);
  const unended = await store.unended({ openedBefore: now + 60_000, limit: 10 });
  await store.unended({ openedBefore: now + 60_000, after: id, limit: 10 });
  const [second = id, third = id] = unended.map(({ remediationId }) => remediationId).filter((each) => each !== id);
  await store.recordEnd({ remediationId: id, outcome: 'remediated', at: now });
  await store.recordEnd({ remediationId: second, outcome: 'escalated', at: now, enterAgainAt: now });
  await store.due({ cluster: CLUSTER, now: now + 1, limit: 10 });
  await store.postpone({ remediationIds: [second], until: now + 60_000 });
  await store.recordLost({ remediationIds: [third], at: now });
  await store.forget({ openedBefore: now + 60_000 });
  const unwanted = { alertName: 'Watchdog', labels: { severity: 'none' }, rule: '', reason: 'no rule' };
  await unhandled.record({ cluster: CLUSTER, alerts: [unwanted], now });
  await unhandled.list({ limit: 10 });
  await unhandled.list({ since: now - 60_000, limit: 10 });
}

async function admission({ admission: store }: Store): Promise<void> {
  const send = () => Promise.resolve('delivered' as const);
  const none = () => Promise.resolve(new Set<string>());
  const target = 'default/shop/Deployment/api';
  const held = asking('held', { target, money: aMoneyAsk(1), audit: [intended('held')] });
  const granted = await store.admit(held);
  if (granted.status !== 'granted') throw new Error(`not granted: ${JSON.stringify(granted)}`);
  await store.admit(asking('waits', { target, clause: aClause({ onBusy: 'wait' }) }));
  await store.preview(asking('looks', { target }));
  await store.fence({ remediationId: 'held', target, epoch: granted.epoch });
  await store.sweep({ isOpen: (ids) => Promise.resolve(new Set(ids)), send });
  await store.leave(leaving('held', { audit: [{ ...intended('held'), key: 'held/outcome', kind: 'outcome' }] }));
  await store.changes({ cluster: CLUSTER, action: 'scale', objects: [target], since: 0, except: 'waits' });
  // One that was to be woken has ended meanwhile; then the store is found to lack what was remembered of it.
  const { remembered } = await store.sweep({ isOpen: none, send: () => Promise.resolve('gone') });
  const { head = { seq: 0, hash: '', generation: 0 } } = remembered;
  const lost = { ...remembered, head: { ...head, seq: head.seq + 5 } };
  await store.sweep({ isOpen: none, send, remembered: lost });
  const holds = { asked: held, epoch: granted.epoch, slot: true, lends: false };
  await store.reconcile({
    open: [{ remediationId: 'held', cluster: CLUSTER, holds }],
    isOpen: none,
    ended: () => Promise.resolve([]),
    remembered: lost,
  });
}

async function people({ guards }: Store): Promise<void> {
  await guards.pause(ORDER);
  await guards.overview();
  await guards.resume(ORDER);
  await guards.reset({ target: 'default/shop/Deployment/api', order: ORDER });
}

async function keeping({ audit }: Store, settings: AuditSettings): Promise<void> {
  await audit.append([intended('config'), { ...intended('settings'), kind: 'config' }]);
  await audit.list({ limit: 10 });
  await audit.list({ limit: 10, remediationId: 'held', since: '2026-01-01T00:00:00Z', afterSeq: 1 });
  await audit.latest('config', 'settings');
  const head = await audit.head();
  if (head === undefined) throw new Error('the log is empty');
  await audit.point(head.seq);
  const signer = createSigner(signingKey(settings));
  const checkpoint = signer.sign({ head, removed: null, at: new Date().toISOString() });
  await audit.append([checkpointEntry(checkpoint)]);
  await audit.lastRemoved();
  await audit.lastExpired(0);
  await audit.verify({ after: head });
  await audit.verify();
  await audit.cursor('siem');
  await audit.recordShipment('siem', head);
  const removing = signer.sign({ head: (await audit.head()) ?? head, removed: head, at: new Date().toISOString() });
  await audit.orderRemoval(removing);
  await audit.removalOrders();
  // No row is as old as those that may go: the database refuses it, in every version.
  const removed = await audit
    .remove({ through: 1, keepDays: 30, checkpoint: checkpointEntry(removing) })
    .catch(() => 0);
  if (removed > 0) throw new Error('rows were removed that are not old enough');
}

function intended(id: string): AuditEntry {
  const key = `${id}/intended`;
  return { key, at: new Date().toISOString(), actor: 'mendloop', kind: 'effect_intended', remediationId: id, data: {} };
}

function alertOf(name: string): Alert {
  return {
    status: 'firing',
    labels: { alertname: 'Slow', deployment: name },
    annotations: {},
    startsAt: '2026-01-01T00:00:00.000Z',
    generatorURL: '',
    fingerprint: name.padEnd(16, '0'),
  };
}
