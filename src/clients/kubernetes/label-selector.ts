import { MendloopError } from '../../domain/failures.ts';

/** Source: Kubernetes API, `LabelSelector`. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/**
 * A workload's selector as the API's query has it.
 *
 * @throws MendloopError `TargetUnsupported` for an operator that Kubernetes did not have when this was written.
 */
export function labelSelector({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`;
      case 'NotIn':
        return `${key} notin (${values.join(',')})`;
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        throw new MendloopError('TargetUnsupported', `a selector by ${operator} is not known here`);
    }
  });
  return [...labels, ...expressions].join(',');
}
