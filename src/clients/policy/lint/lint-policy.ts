import { relative } from 'node:path';
import { asObject } from '../data/object-union.ts';
import { checkBuiltins } from './check-builtins.ts';
import { checkData } from './check-data.ts';
import { compilePolicy } from './compile-policy.ts';
import type { Finding } from './finding.ts';
import { mergeFiles } from './merge-files.ts';
import { judgeSamples } from './judge-samples.ts';
import { lackingIn } from './lacking-keys.ts';
import { readAlertNames } from './known-alerts.ts';
import { opaCheck, opaFmt } from './opa-checks.ts';
import { placed } from './placed.ts';
import { placesIn } from './places.ts';
import { readSources } from './read-sources.ts';
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
  /** Those that come with Mendloop: their alerts are known as well. */
  readonly shippedRuleFiles?: readonly string[];
  /** What evaluates the policy; a server has every built-in function. Default: wasm, the one in Mendloop's process. */
  readonly engine?: 'wasm' | 'server';
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
export async function lintPolicy(options: LintOptions): Promise<LintReport> {
  const { opa, regal, sources, own = sources, ruleFiles, shippedRuleFiles = [], engine = 'wasm' } = options;
  const [checked, formatted, styled, compiled, files, known, shipped] = await Promise.all([
    opaCheck(opa, sources),
    opaFmt(opa, own),
    regal === undefined ? [] : regalCheck({ regal: regal.program, configFile: regal.configFile, sources: own }),
    compilePolicy(opa, sources),
    readSources(sources),
    readAlertNames(ruleFiles),
    readAlertNames(shippedRuleFiles),
  ]);
  const places = placesIn(files);
  const problems = places.problems.map((problem): Finding => ({ severity: 'error', check: 'data', ...problem }));
  const data = compiled?.data ?? mergeFiles(files.data);
  const unfit = checkData(data, places);
  const lacking = compiled === undefined || engine === 'server' ? [] : await checkBuiltins(compiled.wasm, files.rego);
  const findings = [...checked, ...formatted, ...styled, ...problems, ...unfit, ...lacking, ...known.findings];
  // Rules are not tried out on data that does not fit, nor while they call what they must not: `http.send` would call.
  if (problems.length + unfit.length + lacking.length > 0) return { findings, counts: nothing };
  const sampled = await readSamples(opa, sources);
  if (!sampled.ok) {
    // Whatever hinders evaluating is mostly known by now, and with its place.
    return {
      findings: checked.length > 0 ? findings : [...findings, placed(sampled.finding, places)],
      counts: nothing,
    };
  }
  const { samples } = sampled;
  const lackingKeys = lackingIn(asObject(data));
  const textOf = new Map(files.rego.map(({ file, text }) => [file, text]));
  const judged = judgeSamples({
    samples,
    places,
    alerts: ruleFiles.length === 0 ? undefined : new Set([...known.names, ...shipped.names]),
    isOwn: (file) => own.some((folder) => !relative(folder, file).startsWith('..')),
    lacking: {
      rule: (name) => lackingKeys.rule(textOf.get(places.rule(name)?.file ?? '') ?? ''),
      service: (name) => lackingKeys.service(name),
    },
  });
  return { findings: [...findings, ...judged], counts: count(samples) };
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
