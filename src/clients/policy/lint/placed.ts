import type { Finding } from './finding.ts';
import type { Places } from './places.ts';

/** OPA's own words of data that does not fit together, and of rules that contradict each other. */
const CONFLICT = /^(\S+\.(?:json|ya?ml)): (.*conflicting values at data\.(\S+?),.*)$/s;
const ADVICE = 'what changes a value stands below overrides';
const FAULT = /^(\S+?):(\d+): (.*)$/s;

/** A finding of OPA that names its place in its text alone, with the place. */
export function placed(finding: Finding, places: Pick<Places, 'data'>): Finding {
  const [, file, conflict, path] = CONFLICT.exec(finding.message) ?? [];
  if (file !== undefined && conflict !== undefined && path !== undefined) {
    const found = places.data(path.split('.'));
    return { ...finding, place: found?.file === file ? found : { file }, message: `${conflict}; ${ADVICE}` };
  }
  const [, rego, line, message] = FAULT.exec(finding.message) ?? [];
  if (rego === undefined || line === undefined || message === undefined) return finding;
  return { ...finding, place: { file: rego, line: Number(line) }, message };
}
