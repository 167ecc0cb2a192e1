import type { Finding } from './finding.ts';
import { judgeSamples } from './judge-samples.ts';
import { readAlertNames } from './known-alerts.ts';
import { opaCheck, opaFmt } from './opa-checks.ts';
import { findPlaces } from './places.ts';
import { readSamples, type Samples } from './read-samples.ts';
import { regalCheck } from './regal-checks.ts';

export interface LintOptions {
  /** The program `opa`. */
  readonly opa: string;
  /** Regal, where it can be had. */
  readonly regal?: { readonly program: string; readonly configFile: string } | undefined;
  /** Folders that make up the policy, in the order in which `opa` gets them. */
  readonly sources: readonly string[];
  /** Those of them whose style is ours to judge; absent: all. */
  readonly own?: readonly string[];
  /** Prometheus rule files that hold the alerts; none: alert names are not checked. */
  readonly ruleFiles: readonly string[];
}

export interface LintReport {
  readonly findings: readonly Finding[];
  /** What was looked at. */
  readonly counts: {
    readonly rules: number;
    readonly catalogue: number;
    readonly services: number;
    readonly samples: number;
  };
}

/**
 * Everything that can be found in a policy without an incident. What rules answer is judged by the alerts that they name
 * themselves as examples: it shows faults on those paths, and says nothing of paths that no example takes.
 *
 * @throws MendloopError `Internal` if a tool cannot be run.
 */
export async function lintPolicy({ opa, regal, sources, own = sources, ruleFiles }: LintOptions): Promise<LintReport> {
  const [checked, formatted, styled, places, known, sampled] = await Promise.all([
    opaCheck(opa, sources),
    opaFmt(opa, own),
    regal === undefined ? [] : regalCheck({ regal: regal.program, configFile: regal.configFile, sources: own }),
    findPlaces(sources),
    readAlertNames(ruleFiles),
    readSamples(opa, sources),
  ]);
  const problems = places.problems.map((problem): Finding => ({ severity: 'error', check: 'data', ...problem }));
  const findings = [...checked, ...formatted, ...styled, ...problems, ...known.findings];
  if (!sampled.ok) {
    // Whatever hinders evaluating is mostly known by now, and with its place.
    return { findings: checked.length > 0 ? findings : [...findings, sampled.finding], counts: nothing };
  }
  const { samples } = sampled;
  const alerts = ruleFiles.length === 0 ? undefined : known.names;
  return { findings: [...findings, ...judgeSamples({ samples, places, alerts })], counts: count(samples) };
}

const nothing: LintReport['counts'] = { rules: 0, catalogue: 0, services: 0, samples: 0 };

function count({ rules, catalogue, services }: Samples): LintReport['counts'] {
  const groups = [rules, catalogue, services].map((group) => Object.values(group));
  return {
    rules: Object.keys(rules).length,
    catalogue: Object.keys(catalogue).length,
    services: Object.keys(services).length,
    samples: groups.flat().reduce((sum, { samples }) => sum + samples.length, 0),
  };
}
