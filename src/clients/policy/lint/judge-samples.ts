import { z } from 'zod';
import { explainIssues } from '../../../config/explain-issues.ts';
import { formatKey } from '../../../config/schema-problems.ts';
import { SYNTHETIC_ALERT } from '../../../domain/alert/synthetic.ts';
import { policyAnswerSchema } from '../../../domain/decision.ts';
import { at } from './at.ts';
import { checkDecision, type Fault } from './check-decision.ts';
import type { Finding, Place } from './finding.ts';
import { judgeModes, staleExemptions } from './judge-names.ts';
import type { LackingKey } from './lacking-keys.ts';
import type { Places } from './places.ts';
import type { Sample, Samples } from './read-samples.ts';

/** Faults of an answer that are told; one is mostly enough. */
const MAX_FAULTS = 3;

/** How a policy's reason names the limit behind it. */
const LIMIT = /\(limits\.(\w+)\)/;

export interface Judgement {
  readonly samples: Samples;
  readonly places: Places;
  /** Names of the alerts that the rule files have; undefined: there are no rule files to hold the rules against. */
  readonly alerts: ReadonlySet<string> | undefined;
  /** Whether a file is of the folders that are being judged, or of what they go over. Default: all are. */
  readonly isOwn?: (file: string) => boolean;
  /** What the data lacks for a rule to make a plan, or for a service to be scaled; empty where that does not show. */
  readonly lacking?: { rule(name: string): readonly LackingKey[]; service(name: string): readonly LackingKey[] };
}

/** A fault and the target whose plan has it. */
type JudgedFault = Fault & { readonly target?: string };

/** Holds the answers that a policy gives to its own examples against what every decision has to have. */
export function judgeSamples(judgement: Judgement): Finding[] {
  const { samples, places } = judgement;
  const services = judgeServices(judgement);
  // What is wrong with a service is told of the service, not of each rule and alert that would scale it.
  const told = new Set(services.flatMap(({ faults }) => faults.map(keyOf)));
  const isNew = (fault: JudgedFault) => fault.target === undefined || !told.has(keyOf(fault));
  // The catalogue's own terms for it may give the same fault other numbers.
  const checked = new Set(services.flatMap(({ faults }) => faults.map(checkOf)));
  const isOfCatalogue = (fault: JudgedFault) => fault.target === undefined || !checked.has(checkOf(fault));
  const rules = Object.entries(samples.rules).flatMap(([rule, { wants, samples: given }]) => {
    const place = places.rule(rule);
    const unheard = judgeWants(wants, judgement, place);
    const faults = wants['alertname'] === undefined ? [] : judge(rule, given, samples, rule);
    const explained = faults.flatMap((fault) => explainRefusal(rule, fault, judgement));
    return toFindings(rule, place, [...unheard, ...explained.filter(isNew)], judgement);
  });
  const silent = samples.unheard.flatMap((rule) =>
    toFindings(rule, places.rule(rule), [nothingWanted], judgement, 'warning'),
  );
  const catalogue = Object.entries(samples.catalogue).flatMap(([alert, { samples: given }]) => {
    const rule = `catalogue/${alert}`;
    const place = places.data(['overrides', 'catalogue', alert]) ?? places.entry(alert);
    return toFindings(rule, place, judge(rule, given, samples, 'catalogue').filter(isOfCatalogue), judgement);
  });
  return eachOnce([
    ...rules,
    ...silent,
    ...services.flatMap(({ rule, place, faults }) => toFindings(rule, place, faults, judgement)),
    ...catalogue,
    ...judgeModes(samples, places),
    ...staleExemptions(samples, places),
  ]);
}

/** A limit that turns down several plans is told once, where it stands. */
function eachOnce(findings: readonly Finding[]): Finding[] {
  const keys = findings.map(({ check, message, place, rule }) =>
    JSON.stringify([check, message, place, LIMIT.test(message) ? '' : rule]),
  );
  return findings.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function checkOf({ check, target = '' }: JudgedFault): string {
  return [check, target].join('\n');
}

function keyOf({ check, message, target = '' }: JudgedFault): string {
  return [check, message, target].join('\n');
}

interface JudgedService {
  readonly rule: string;
  readonly place: Place | undefined;
  readonly faults: readonly JudgedFault[];
}

function judgeServices({ samples, places, lacking }: Judgement): JudgedService[] {
  return Object.entries(samples.services).map(([service, { samples: given }]) => {
    const rule = `services/${service}`;
    const place = places.data(['overrides', 'services', service]) ?? places.data(['services', service]);
    if (given.length > 0) return { rule, place, faults: judge(rule, given, samples, service) };
    const missing = lacking?.service(service).map(({ message }) => message) ?? [];
    const why = missing.length > 0 ? missing.join('; ') : 'it has neither an SLO for its latency nor an objective';
    return {
      rule,
      place,
      faults: [{ check: 'example', message: `may be scaled, yet no cure can be proven: ${why}` }],
    };
  });
}

/** Which key is lacking, where a rule makes no plan; nothing where that is told of the service already. */
function explainRefusal(rule: string, fault: JudgedFault, { samples, lacking }: Judgement): JudgedFault[] {
  const missing = fault.check === 'example' && isUnplanned(samples, rule) ? (lacking?.rule(rule) ?? []) : [];
  if (missing.length === 0) return [fault];
  const untold = missing.filter(({ name }) => samples.services[name]?.samples.length !== 0);
  if (untold.length === 0) return [];
  const keys = untold.map(({ message }) => message).join('; ');
  return [{ check: 'example', message: `makes no plan of its own example: ${keys}` }];
}

function isUnplanned({ rules }: Samples, rule: string): boolean {
  return rules[rule]?.samples.some(({ planned }) => !planned) ?? false;
}

const nothingWanted: Fault = {
  check: 'wants',
  message: 'the package has no `wants`: no decision will ever look at it',
};

function judgeWants(
  { alertname }: Samples['rules'][string]['wants'],
  { samples: { catalogue }, alerts, isOwn = () => true }: Judgement,
  place: Place | undefined,
): Fault[] {
  if (alertname === undefined) return [{ check: 'wants', message: 'wants no alertname: no alert reaches it' }];
  // The rule files at hand are those of one's own rules.
  if (alerts === undefined || (place !== undefined && !isOwn(place.file))) return [];
  if (alerts.has(alertname) || Object.hasOwn(catalogue, alertname) || alertname === SYNTHETIC_ALERT) return [];
  return [{ check: 'alert', message: `no rule file has an alert ${alertname}, and the catalogue knows none` }];
}

/** The faults of all samples of a rule, each once. `exemption`: its name in limits.withoutBudget. */
function judge(rule: string, given: readonly Sample[], samples: Samples, exemption: string): JudgedFault[] {
  const reasons = samples.without_budget;
  const withoutBudget = Object.hasOwn(reasons, exemption) ? reasons[exemption] : undefined;
  const faults = given.flatMap((sample) => {
    const target = targetSchema.safeParse(sample.decision).data?.plan.target;
    const named = target === undefined ? {} : { target: `${target.namespace}/${target.name}` };
    return judgeSample(rule, sample, { ...samples, withoutBudget }).map((fault) => ({ ...fault, ...named }));
  });
  return [...new Map(faults.map((fault) => [`${fault.check} ${fault.message}`, fault])).values()];
}

/** Of a decision in whatever shape. */
const targetSchema = z.looseObject({
  plan: z.looseObject({ target: z.looseObject({ namespace: z.string(), name: z.string() }) }),
});

function judgeSample(
  rule: string,
  { decision, planned }: Sample,
  standards: Parameters<typeof checkDecision>[1],
): Fault[] {
  const answer = policyAnswerSchema.safeParse(decision, { reportInput: true });
  if (!answer.success) {
    return explainIssues(answer.error.issues, { root: policyAnswerSchema })
      .slice(0, MAX_FAULTS)
      .map(({ path, message }) => ({ check: 'answer', message: `${formatKey(path) || 'decision'}: ${message}` }));
  }
  const { data } = answer;
  if (data.rule !== rule) {
    const chosen = data.rule === '' ? 'no rule' : `rule ${data.rule}`;
    return [{ check: 'example', message: `its own example is decided by ${chosen}` }];
  }
  const isAsked = !rule.startsWith('catalogue/');
  if (isAsked && data.verdict === 'reject')
    return [{ check: 'example', message: `refuses its own example: ${data.reason}` }];
  if (planned && data.verdict === 'human')
    return [{ check: 'example', message: `its plan is turned down: ${data.reason}` }];
  return checkDecision(data, standards);
}

function toFindings(
  rule: string,
  place: Place | undefined,
  faults: readonly JudgedFault[],
  judgement: Judgement,
  severity: Finding['severity'] = 'error',
): Finding[] {
  return faults.map(({ check, message }) => {
    return { severity, check, message, rule, ...at(limitOf(message, place, judgement) ?? place) };
  });
}

/** Where a limit stands that turns down a rule which is not one's own: only the limit is at hand to be changed. */
function limitOf(message: string, place: Place | undefined, { places, isOwn }: Judgement): Place | undefined {
  const limit = LIMIT.exec(message)?.[1];
  if (limit === undefined || place === undefined || isOwn?.(place.file) !== false) return undefined;
  return places.data(['overrides', 'limits', limit]) ?? places.data(['limits', limit]);
}
