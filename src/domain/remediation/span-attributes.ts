import { parseRemediationId } from '../alert/parse-remediation-id.ts';

/** Names of our own attributes of spans; everything else has the name that the semantic conventions give it. */
export const spanAttribute = {
  remediationId: 'mendloop.remediation.id',
  cluster: 'mendloop.cluster',
  alertName: 'mendloop.alert.name',
  alertFingerprint: 'mendloop.alert.fingerprint',
  /** `cluster/namespace/Kind/name`. */
  target: 'mendloop.target',
  action: 'mendloop.action',
  mode: 'mendloop.mode',
  outcome: 'mendloop.outcome',
  attempt: 'mendloop.activity.attempt',
} as const;

/** Whose remediation it is, from the workflow's ID; nothing for any other workflow. */
export function identityAttributes(workflowId: string): Record<string, string> {
  const identity = parseRemediationId(workflowId);
  if (identity === undefined) return {};
  return {
    [spanAttribute.remediationId]: workflowId,
    [spanAttribute.cluster]: identity.cluster,
    [spanAttribute.alertName]: identity.alertName,
    [spanAttribute.alertFingerprint]: identity.fingerprint,
  };
}
