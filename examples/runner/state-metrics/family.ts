/** One value of a metric, with its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as kube-state-metrics names it, and how it follows from one object. */
export interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly samplesOf: (object: StateObject) => readonly Sample[];
}

/** A kind of object that is watched, and what it is measured by. */
export interface Resource {
  /** Of the API's list of all of them: `/api/v1/pods`. */
  readonly path: string;
  readonly families: readonly Family[];
}

/** An object as the API server has it: what families look at is all optional there. */
export interface StateObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

const STATUSES = ['true', 'false', 'unknown'];

/** A gauge of one number, which the object may lack. */
export function gauge(
  name: string,
  labelsOf: (object: StateObject) => Readonly<Record<string, string>>,
  valueOf: (object: StateObject) => unknown,
): Family {
  return {
    ...{ name, type: 'gauge' },
    samplesOf: (object) => {
      const value = valueOf(object);
      return typeof value === 'number' || typeof value === 'boolean'
        ? [{ labels: labelsOf(object), value: Number(value) }]
        : [];
    },
  };
}

/** The conditions of a status, each as three series of which one is 1. */
export function conditions(name: string, labelsOf: (object: StateObject) => Readonly<Record<string, string>>): Family {
  return {
    ...{ name, type: 'gauge' },
    samplesOf: (object) =>
      ((object.status?.['conditions'] ?? []) as readonly Condition[]).flatMap(({ type, status }) =>
        STATUSES.map((one) => ({
          labels: { ...labelsOf(object), condition: type, status: one },
          value: Number(status.toLowerCase() === one),
        })),
      ),
  };
}

/** One series an owner. */
export function owners(name: string, labelsOf: (object: StateObject) => Readonly<Record<string, string>>): Family {
  return {
    ...{ name, type: 'gauge' },
    samplesOf: (object) =>
      (object.metadata.ownerReferences ?? []).map((owner) => ({
        labels: {
          ...labelsOf(object),
          owner_kind: owner.kind,
          owner_name: owner.name,
          owner_is_controller: String(owner.controller === true),
        },
        value: 1,
      })),
  };
}

/** `namespace`, and the object's name under its kind. */
export function named(label: string): (object: StateObject) => Readonly<Record<string, string>> {
  return ({ metadata: { namespace, name } }) =>
    namespace === undefined ? { [label]: name } : { namespace, [label]: name };
}
