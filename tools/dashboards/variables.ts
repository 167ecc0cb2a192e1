import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './panels.ts';

/** Which Prometheus. */
export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus');
}

/** One of the values that a label has. */
export function labelVariable(options: {
  readonly name: string;
  readonly label: string;
  readonly metric: string;
  readonly of: string;
  /** Several installations at once. */
  readonly all?: boolean;
}): QueryVariableBuilder {
  const { name, label, metric, of, all = false } = options;
  const variable = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(`label_values(${metric}, ${of})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .includeAll(all)
    .multi(all);
  return all ? variable.allValue('.+') : variable;
}

export function textVariable(name: string, label: string, value: string): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .defaultValue(value)
    .current({ text: value, value })
    .options([{ text: value, value, selected: true }]);
}
