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
 * Whether labels are what a selector wants.
 *
 * @throws MendloopError `TargetUnsupported` for an operator that Kubernetes did not have when this was written.
 */
export function isSelected(
  labels: Readonly<Record<string, string>>,
  { matchLabels = {}, matchExpressions = [] }: Selector,
): boolean {
  const value = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  if (!Object.entries(matchLabels).every(([key, wanted]) => value(key) === wanted)) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const found = value(key);
    switch (operator) {
      case 'In':
        return found !== undefined && values.includes(found);
      case 'NotIn':
        return found === undefined || !values.includes(found);
      case 'Exists':
        return found !== undefined;
      case 'DoesNotExist':
        return found === undefined;
      default:
        throw unknownOperator(operator);
    }
  });
}

function unknownOperator(operator: string): MendloopError {
  return new MendloopError('TargetUnsupported', `a selector by ${operator} is not known here`);
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
        throw unknownOperator(operator);
    }
  });
  return [...labels, ...expressions].join(',');
}
