import type { AuditStore } from '../../../src/store/audit/audit-log.ts';
import { toAuditRow } from '../../../src/domain/audit/audit-record.ts';
import type { ChainPoint } from '../../../src/domain/audit/chain.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { LogBuilder, verify } from './log-builder.ts';

/** The audit log in memory, with everything that shipping asks of it. */
export class MemoryStore implements AuditStore {
  readonly log = new LogBuilder();
  readonly cursors = new Map<string, ChainPoint>();
  /** The next so many cursors are lost, as if the process had died before it wrote them. */
  crashes = 0;
  /** Another process is at it. */
  isTaken = false;

  append: AuditStore['append'] = (entries) => {
    this.log.append(...entries);
    return Promise.resolve();
  };
  list: AuditStore['list'] = ({ afterSeq = 0, limit }) =>
    Promise.resolve(
      this.log.rows
        .filter(({ seq }) => seq > afterSeq)
        .slice(0, limit)
        .map(toAuditRow),
    );
  verify: AuditStore['verify'] = () => Promise.resolve(verify(this.log.rows));
  latest: AuditStore['latest'] = (kind, keyPrefix) => {
    const row = this.log.rows.findLast((one) => one.kind === kind && one.key.startsWith(keyPrefix));
    return Promise.resolve(row && toAuditRow(row));
  };
  head: AuditStore['head'] = () => Promise.resolve(this.log.rows.at(-1));
  point: AuditStore['point'] = (wanted) => Promise.resolve(this.log.rows.find(({ seq }) => seq === wanted));
  lastRemoved: AuditStore['lastRemoved'] = async () => (await this.verify()).removed;
  lastExpired: AuditStore['lastExpired'] = () => Promise.resolve(undefined);
  remove: AuditStore['remove'] = () => Promise.resolve(0);
  orderRemoval: AuditStore['orderRemoval'] = () => Promise.resolve();
  removalOrders: AuditStore['removalOrders'] = () => Promise.resolve([]);
  cursor: AuditStore['cursor'] = (sink) => Promise.resolve(this.cursors.get(sink));
  recordShipment: AuditStore['recordShipment'] = (sink, { seq, hash }) => {
    if (this.crashes > 0) {
      this.crashes -= 1;
      return Promise.reject(new MendloopError('AuditUnavailable', 'crash'));
    }
    this.cursors.set(sink, { seq, hash });
    return Promise.resolve();
  };
  exclusively: AuditStore['exclusively'] = async (_name, job) => (this.isTaken ? undefined : await job());
  close: AuditStore['close'] = () => Promise.resolve();
}
