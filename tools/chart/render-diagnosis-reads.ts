import { format } from 'prettier';
import { DIAGNOSIS_READS, type DiagnosisRead } from '../../src/clients/kubernetes/diagnosis-reads.ts';
import { renderRule } from './render-permissions.ts';

const HEADER = `# Made from src/clients/kubernetes/diagnosis-reads.ts by \`node tools/chart/generate.ts\`: what a diagnosis reads, beside
# files/reads.yaml. \`logs\` is given with \`diagnosis.logs\` only.
`;

/** files/diagnosis-reads.yaml of the chart: rules of the read role, by what asks for them. */
export async function renderDiagnosisReads(config: object | null): Promise<string> {
  const rules = (wanted: (read: DiagnosisRead) => boolean) =>
    DIAGNOSIS_READS.filter(wanted).map(
      ({ why, apiGroups, resources, verbs }) => `# ${why}\n${renderRule({ apiGroups, resources, verbs })}`,
    );
  const all = [
    ...['always:\n', ...rules(({ ofLogs }) => ofLogs !== true)],
    ...['logs:\n', ...rules(({ ofLogs }) => ofLogs === true)],
  ];
  return await format(`${HEADER}\n${all.join('')}`, { ...config, parser: 'yaml' });
}
