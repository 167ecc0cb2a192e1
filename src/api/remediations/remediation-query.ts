import {
  allOf,
  anyOf,
  atLeast,
  before,
  type Condition,
  equals,
  isMissing,
  isPresent,
  oneOf,
  startsWith,
} from '../../clients/temporal/visibility-query.ts';
import { REMEDIATION_WORKFLOW } from '../../contract/remediation.ts';
import { keyword, searchAttributes } from '../../contract/search-attributes.ts';
import { encodePart } from '../../domain/alert/remediation-id.ts';
import { NO_NAMESPACE } from '../../domain/target/format-target.ts';
import type { RemediationFilter } from './remediation-filter.ts';

/** Keys of a filter that are search attributes with one value each. */
const KEYWORDS = ['mode', 'waiting', 'alert', 'severity', 'service', 'rule', 'action', 'target'] as const;

/** A filter as Temporal's visibility takes it. `cluster` is the name of the cluster in targets. */
export function remediationQuery(filter: RemediationFilter, cluster: string): Condition {
  const { outcome, q, since, until, closedSince, waiting } = filter;
  // One that ended while it waited has the word still.
  const state = filter.state ?? (waiting === undefined ? undefined : 'running');
  return allOf([
    equals('WorkflowType', REMEDIATION_WORKFLOW),
    // One that an operator has paused runs, too.
    ...(state === undefined ? [] : [(state === 'running' ? isMissing : isPresent)('CloseTime')]),
    ...(outcome === undefined || outcome.length === 0 ? [] : [oneOf(searchAttributes.outcome.name, outcome)]),
    ...KEYWORDS.flatMap((key) => {
      const value = filter[key];
      return value === undefined ? [] : [equals(searchAttributes[key].name, keyword(value))];
    }),
    ...(q === undefined ? [] : [beginsWith(q, cluster)]),
    ...(since === undefined ? [] : [atLeast('StartTime', since)]),
    ...(until === undefined ? [] : [before('StartTime', until)]),
    ...(closedSince === undefined ? [] : [atLeast('CloseTime', closedSince)]),
  ]);
}

/** Visibility finds beginnings only; people leave the cluster out, a namespace that there is not, and what every ID has. */
function beginsWith(text: string, cluster: string): Condition {
  const { alert, service, rule, target } = searchAttributes;
  const ids = `${REMEDIATION_WORKFLOW}/`;
  return anyOf([
    ...[alert, service, rule, target].map(({ name }) => startsWith(name, text)),
    startsWith(target.name, `${cluster}/${text}`),
    startsWith(target.name, `${cluster}/${NO_NAMESPACE}/${text}`),
    startsWith('WorkflowId', text),
    startsWith('WorkflowId', `${ids}${text}`),
    startsWith('WorkflowId', `${ids}${encodePart(cluster)}/${text}`),
  ]);
}
