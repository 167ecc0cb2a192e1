import { policyAnswerSchema } from '../../../domain/decision.ts';
import { modes } from '../../../domain/decision/mode.ts';
import { checkDecision, type Fault } from './check-decision.ts';
import type { Finding, Place } from './finding.ts';
import type { Places } from './places.ts';
import type { Sample, Samples } from './read-samples.ts';

/** Faults of an answer that are told; one is mostly enough. */
const MAX_FAULTS = 3;

export interface Judgement {
  readonly samples: Samples;
  readonly places: Places;
  /** Names of the alerts that the rule files have; undefined: there are no rule files to hold the rules against. */
  readonly alerts: ReadonlySet<string> | undefined;
}

/** Holds the answers that a policy gives to its own examples against what every decision has to have. */
export function judgeSamples({ samples, places, alerts }: Judgement): Finding[] {
  const services = Object.entries(samples.services).flatMap(([service, { samples: given }]) => {
    const place = places.data(['overrides', 'services', service]) ?? places.data(['services', service]);
    const rule = `services/${service}`;
    return toFindings(rule, place, given.length === 0 ? [unproven] : judge(rule, given, samples, service));
  });
  const rules = Object.entries(samples.rules).flatMap(([rule, { wants, samples: given }]) => {
    const unheard = judgeWants(wants, samples, alerts);
    const faults = wants['alertname'] === undefined ? [] : judge(rule, given, samples, rule);
    return toFindings(rule, places.rule(rule), [...unheard, ...faults]);
  });
  const silent = samples.unheard.flatMap((rule) => toFindings(rule, places.rule(rule), [nothingWanted], 'warning'));
  // What is wrong with a service is told of the service, not of each alert that would scale it.
  const told = new Set(services.map(({ check, message }) => `${check} ${message}`));
  const catalogue = Object.entries(samples.catalogue).flatMap(([alert, { samples: given }]) => {
    const rule = `catalogue/${alert}`;
    const place = places.data(['overrides', 'catalogue', alert]) ?? places.entry(alert);
    const faults = judge(rule, given, samples, 'catalogue').filter(
      ({ check, message }) => !told.has(`${check} ${message}`),
    );
    return toFindings(rule, place, faults);
  });
  return [
    ...rules,
    ...silent,
    ...services,
    ...catalogue,
    ...judgeModes(samples, places),
    ...staleExemptions(samples, places),
  ];
}

const unproven: Fault = {
  check: 'example',
  message: 'may be scaled, yet has neither an SLO for its latency nor an objective: no cure can be proven',
};
const nothingWanted: Fault = {
  check: 'wants',
  message: 'the package has no `wants`: no decision will ever look at it',
};

function judgeWants(
  { alertname }: Samples['rules'][string]['wants'],
  { catalogue }: Samples,
  alerts: Judgement['alerts'],
): Fault[] {
  if (alertname === undefined) return [{ check: 'wants', message: 'wants no alertname: no alert reaches it' }];
  if (alerts === undefined || alerts.has(alertname) || Object.hasOwn(catalogue, alertname)) return [];
  return [{ check: 'alert', message: `no rule file has an alert ${alertname}, and the catalogue knows none` }];
}

/** The faults of all samples of a rule, each once. `exemption`: its name in limits.withoutBudget. */
function judge(rule: string, given: readonly Sample[], samples: Samples, exemption: string): Fault[] {
  const reasons = samples.without_budget;
  const withoutBudget = Object.hasOwn(reasons, exemption) ? reasons[exemption] : undefined;
  const faults = given.flatMap((sample) => judgeSample(rule, sample, { ...samples, withoutBudget }));
  return [...new Map(faults.map((fault) => [`${fault.check} ${fault.message}`, fault])).values()];
}

function judgeSample(
  rule: string,
  { decision, planned }: Sample,
  standards: Parameters<typeof checkDecision>[1],
): Fault[] {
  const answer = policyAnswerSchema.safeParse(decision);
  if (!answer.success) {
    return answer.error.issues
      .slice(0, MAX_FAULTS)
      .map(({ path, message }) => ({ check: 'answer', message: `${path.join('.') || 'decision'}: ${message}` }));
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

/** A mode that is none, which stops the rule, and one for a rule that is not there, which does nothing. */
function judgeModes({ modes: given, rules, catalogue }: Samples, places: Places): Finding[] {
  return Object.entries(given).flatMap(([rule, mode]): Finding[] => {
    const place = at(places.data(['overrides', 'modes', rule]) ?? places.data(['modes', rule]));
    const isKnown =
      Object.hasOwn(rules, rule) ||
      rule === 'catalogue' ||
      (rule.startsWith('catalogue/') && Object.hasOwn(catalogue, rule.slice('catalogue/'.length)));
    return [
      ...(modes.some((known) => known === mode)
        ? []
        : [
            {
              severity: 'error' as const,
              check: 'mode' as const,
              rule,
              ...place,
              message: `must be one of ${modes.join(', ')}`,
            },
          ]),
      ...(isKnown
        ? []
        : [{ severity: 'warning' as const, check: 'mode' as const, rule, ...place, message: 'there is no such rule' }]),
    ];
  });
}

/** A reason for something that is no longer there hides what comes under the same name. */
function staleExemptions({ without_budget: reasons, rules, services }: Samples, places: Places): Finding[] {
  return Object.keys(reasons)
    .filter((name) => name !== 'catalogue' && !Object.hasOwn(rules, name) && !Object.hasOwn(services, name))
    .map((name) => {
      const path = ['limits', 'withoutBudget', name];
      return {
        severity: 'warning',
        check: 'budget',
        ...at(places.data(['overrides', ...path]) ?? places.data(path)),
        message: `limits.withoutBudget has a reason for ${name}, which is neither a rule nor a service`,
      };
    });
}

function toFindings(
  rule: string,
  place: Place | undefined,
  faults: readonly Fault[],
  severity: Finding['severity'] = 'error',
): Finding[] {
  return faults.map((fault) => ({ severity, ...fault, rule, ...at(place) }));
}

function at(place: Place | undefined): { place?: Place } {
  return place === undefined ? {} : { place };
}
