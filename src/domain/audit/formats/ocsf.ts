import type { AuditKind, AuditRow } from '../audit-entry.ts';
import { canonicalJson, type JsonObject } from '../canonical-json.ts';
import { type AuditSeverity, nameOf, severityOf } from './severity.ts';

/** The oldest version whose attributes suffice, because readers are older than writers. */
const OCSF_VERSION = '1.2.0';

const ENTITY_MANAGEMENT = { category: 3, uid: 3004, name: 'Entity Management' };
const API_ACTIVITY = { category: 6, uid: 6003, name: 'API Activity' };

const SEVERITY: Record<AuditSeverity, number> = { info: 1, notice: 1, warning: 3 };
const UPDATE = 3;
const OTHER = 99;
const SUCCESS = 1;
const FAILURE = 2;

interface Mapping {
  readonly class: typeof API_ACTIVITY;
  readonly activity: number;
  readonly status?: number;
  /** What the entry manages, where it is about no API. */
  readonly entity?: string;
}

/** What reaches into a cluster is API activity; what Mendloop and its humans decide is the management of an entity. */
const MAPPING: Record<AuditKind, Mapping> = {
  effect_intended: { class: API_ACTIVITY, activity: OTHER },
  effect_done: { class: API_ACTIVITY, activity: UPDATE, status: SUCCESS },
  effect_failed: { class: API_ACTIVITY, activity: UPDATE, status: FAILURE },
  compensation: { class: API_ACTIVITY, activity: UPDATE },
  decision: { class: ENTITY_MANAGEMENT, activity: OTHER, entity: 'Remediation' },
  approval: { class: ENTITY_MANAGEMENT, activity: OTHER, entity: 'Remediation' },
  outcome: { class: ENTITY_MANAGEMENT, activity: OTHER, entity: 'Remediation' },
  guard: { class: ENTITY_MANAGEMENT, activity: OTHER, entity: 'Guard' },
  order: { class: ENTITY_MANAGEMENT, activity: OTHER, entity: 'Remediation' },
  access: { class: ENTITY_MANAGEMENT, activity: OTHER, status: FAILURE, entity: 'Door' },
  config: { class: ENTITY_MANAGEMENT, activity: UPDATE, entity: 'Configuration' },
  policy: { class: ENTITY_MANAGEMENT, activity: UPDATE, entity: 'Policy' },
  checkpoint: { class: ENTITY_MANAGEMENT, activity: OTHER, entity: 'Audit log' },
};

/**
 * A row as an event of the Open Cybersecurity Schema Framework, one line of JSON without the line break. The whole entry
 * stays in `unmapped` with its place in the chain. Source: the classes `api_activity` (6003) and `entity_management`
 * (3004) of the schema, all their required attributes.
 */
export function toOcsf(row: AuditRow): string {
  const mapping = MAPPING[row.kind];
  const { class: eventClass, activity, status } = mapping;
  const event: JsonObject = {
    activity_id: activity,
    activity_name: activity === UPDATE ? 'Update' : nameOf(row),
    category_uid: eventClass.category,
    class_uid: eventClass.uid,
    class_name: eventClass.name,
    type_uid: eventClass.uid * 100 + activity,
    time: Date.parse(row.at),
    severity_id: SEVERITY[severityOf(row)],
    ...(status === undefined ? {} : { status_id: status, status: status === SUCCESS ? 'Success' : 'Failure' }),
    message: nameOf(row),
    actor: { app_name: 'mendloop', user: { name: row.actor } },
    src_endpoint: { name: 'mendloop', svc_name: 'mendloop' },
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Mendloop', vendor_name: 'Mendloop' },
      uid: row.key,
      event_code: row.kind,
      sequence: row.seq,
      original_time: row.at,
      logged_time: Date.parse(row.recordedAt),
      ...(row.remediationId === undefined ? {} : { correlation_uid: row.remediationId }),
    },
    ...(mapping.entity === undefined ? effect(row) : { entity: { type: mapping.entity, ...nameEntity(row) } }),
    unmapped: { data: row.data, recordedAt: row.recordedAt, prevHash: row.prevHash, hash: row.hash },
  };
  return canonicalJson(event);
}

function effect({ kind, target, data }: AuditRow): JsonObject {
  const action = data['action'];
  return {
    api: { operation: typeof action === 'string' ? action : kind, service: { name: 'kubernetes' } },
    ...(target === undefined ? {} : { resources: [{ name: target, type: 'Kubernetes object' }] }),
  };
}

function nameEntity({ kind, key, remediationId, target }: AuditRow): JsonObject {
  const id = remediationId ?? target;
  return id === undefined ? { name: kind, uid: key } : { name: id, uid: id };
}
