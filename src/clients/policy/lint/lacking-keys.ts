import { didYouMean } from '../../../config/did-you-mean.ts';
import { asObject, type Json, objectUnion } from '../data/object-union.ts';

/** What the data lacks for a plan. */
export interface LackingKey {
  /** The service or rule that the data is asked about. */
  readonly name: string;
  /** `services.cart.scale is missing`. */
  readonly message: string;
}

/** Helpers that plan for a service by its name; what they take first. */
const SERVICE = /\blib\.scale_service(?:_by)?\(\s*"([^"\\]+)"/g;
const PARAMETERS = /\blib\.parameters\(\s*"([^"\\]+)"/g;

/** What the data lacks for the plans of rules and services. */
export interface Lacking {
  /** Why a rule makes no plan, as far as its text shows it: the services and parameters that it names. */
  rule(rego: string): readonly LackingKey[];
  service(name: string): readonly LackingKey[];
}

export function lackingIn(data: Json): Lacking {
  const merged = (key: string): Json => objectUnion(asObject(data[key]), asObject(asObject(data['overrides'])[key]));
  const known = { services: merged('services'), slos: merged('slos') };
  const parameters = merged('parameters');
  const names = (rego: string, pattern: RegExp) => [
    ...new Set([...rego.matchAll(pattern)].map(([, name = '']) => name)),
  ];
  return {
    rule: (rego) => [
      ...names(rego, SERVICE).flatMap((name) => lackingOfService(name, known)),
      ...names(rego, PARAMETERS).flatMap((name) => absent('parameters', name, parameters)),
    ],
    service: (name) => lackingOfService(name, known),
  };
}

/** What keeps a service from being scaled. */
function lackingOfService(name: string, { services, slos }: { services: Json; slos: Json }): LackingKey[] {
  if (!Object.hasOwn(services, name)) return absent('services', name, services);
  const service = asObject(services[name]);
  if (isAbsent(service['scale'])) return [{ name, message: `services.${name}.scale is missing` }];
  const slo = Object.hasOwn(slos, name) ? asObject(slos[name]) : {};
  if (!isAbsent(service['objective']) || !isAbsent(slo['latency'])) return [];
  return [{ name, message: `slos.${name}.latency is missing, or services.${name}.objective` }];
}

function absent(key: string, name: string, known: Json): LackingKey[] {
  if (Object.hasOwn(known, name)) return [];
  const meant = didYouMean(name, Object.keys(known));
  return [{ name, message: `${key}.${name} is missing${meant === undefined ? '' : `; did you mean ${meant}?`}` }];
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
