import type { Execution, ExecutionStatus } from '../../clients/temporal/executions.ts';
import { searchAttributes, WaitingFor } from '../../contract/search-attributes.ts';

/** A remediation as lists show it: what Temporal's visibility knows, and nothing that a workflow would be asked for. */
export interface RemediationSummary {
  readonly id: string;
  readonly runId: string;
  readonly state: 'running' | 'closed';
  /** How its workflow stands: `cancelled`, `terminated` and `failed` ones have no result. */
  readonly execution: ExecutionStatus;
  /** Known from the proof of a cure on, or from the end on. */
  readonly outcome?: string;
  /** Name of the alert. */
  readonly alert: string;
  readonly severity?: string;
  readonly service?: string;
  readonly rule?: string;
  readonly action?: string;
  /** `cluster/namespace/Kind/name`. */
  readonly target?: string;
  readonly mode?: string;
  readonly waiting?: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly closedAt?: string;
}

const OPTIONAL = ['outcome', 'severity', 'service', 'rule', 'action', 'target', 'mode'] as const;

/** What stands for a keyword that is not there. */
const NONE = 'none';

export function summaryOf(execution: Execution): RemediationSummary {
  const { workflowId, runId, status, startedAt, closedAt, keywords } = execution;
  const value = (key: keyof typeof searchAttributes) => keywords[searchAttributes[key].name];
  const isRunning = status === 'running' || status === 'paused';
  const known = OPTIONAL.flatMap((key) => {
    const word = value(key);
    return word === undefined || word === NONE ? [] : [[key, word] as const];
  });
  const waiting = value('waiting');
  return {
    id: workflowId,
    runId,
    state: isRunning ? 'running' : 'closed',
    execution: status,
    alert: value('alert') ?? NONE,
    ...Object.fromEntries(known),
    // One that was terminated while it waited waits no more.
    ...(isRunning && waiting !== undefined && waiting !== WaitingFor.Nothing ? { waiting } : {}),
    startedAt: startedAt.toISOString(),
    ...(closedAt === undefined ? {} : { closedAt: closedAt.toISOString() }),
  };
}
