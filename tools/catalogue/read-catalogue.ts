import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { preconditionsSchema } from '../../src/domain/precondition/precondition.ts';
import { describePrecondition } from '../../src/domain/precondition/rules.ts';

const entrySchema = z.strictObject({
  /** Taken over whole from another alert. */
  as: z.string().optional(),
  decision: z.enum(['human', 'scale', 'cure', 'ignore']).optional(),
  target: z.string().optional(),
  cures: z.array(z.looseObject({ action: z.string() })).optional(),
  label: z.string().optional(),
  plan: z.looseObject({}).optional(),
  mode: z.enum(['off', 'observe', 'approve', 'auto']).optional(),
  why: z.string().optional(),
  reason: z.string().optional(),
  look: z.string().optional(),
  runbook: z.url().optional(),
});
type Entry = z.infer<typeof entrySchema>;

const headSchema = z.strictObject({
  why: z.record(z.string(), z.string()),
  sources: z.record(
    z.string(),
    z.strictObject({ group: z.string(), title: z.string(), url: z.url(), pages: z.url().optional() }),
  ),
});

const termsSchema = z.strictObject({
  danger: z.record(z.string(), z.string()),
  preconditions: z.record(z.string(), z.array(z.unknown())),
});

/** An alert of the catalogue with everything that is said of it, its own or taken over. */
export interface KnownAlert extends Entry {
  readonly name: string;
  readonly decision: 'human' | 'scale' | 'cure' | 'ignore';
  /** Why a human, or why nothing. */
  readonly reason: string;
  readonly runbook: string;
}

export interface Source {
  readonly group: string;
  readonly title: string;
  readonly url: string;
  readonly alerts: readonly KnownAlert[];
}

/** What every cure by an action may make worse, and what has to be so before it. */
export interface CureTerms {
  readonly action: string;
  readonly danger: string;
  /** For people. */
  readonly preconditions: readonly string[];
}

/** The terms of cures, by their action, in the order of the data. */
export function readCureTerms(policy: string): CureTerms[] {
  const { danger, preconditions } = termsSchema.parse(parse(readFileSync(join(policy, 'cures', 'data.yaml'), 'utf8')));
  return Object.entries(danger).map(([action, worse]) => ({
    action,
    danger: worse,
    preconditions: preconditionsSchema
      .parse(preconditions[action] ?? [])
      .map((one) => describePrecondition(one, action)),
  }));
}

/** The catalogue below `policy`, as policy/catalogue/catalogue.rego reads it. @throws Error for what it cannot read. */
export function readCatalogue(policy: string): Source[] {
  const folder = join(policy, 'catalogue');
  const read = (...path: string[]): unknown => parse(readFileSync(join(folder, ...path, 'data.yaml'), 'utf8'));
  const { why, sources } = headSchema.parse(read());
  const entries = new Map<string, { source: string; entry: Entry }>();
  for (const source of readdirSync(join(folder, 'alerts')).toSorted()) {
    if (!Object.hasOwn(sources, source)) throw new Error(`catalogue/alerts/${source} is not among the sources`);
    for (const [name, entry] of Object.entries(z.record(z.string(), entrySchema).parse(read('alerts', source)))) {
      if (entries.has(name)) throw new Error(`${name} stands twice in the catalogue`);
      entries.set(name, { source, entry });
    }
  }

  function describe(name: string, { source, entry }: { source: string; entry: Entry }): KnownAlert {
    const original = entry.as === undefined ? { source, entry } : entries.get(entry.as);
    if (original === undefined) throw new Error(`${name} is as ${entry.as ?? ''}, which the catalogue does not have`);
    const whole = { ...original.entry, ...entry };
    const reason = whole.reason ?? why[whole.why ?? ''];
    if (reason === undefined) throw new Error(`${name} has no reason`);
    if (whole.decision !== 'ignore' && whole.look === undefined) throw new Error(`${name} does not say where to look`);
    const { pages, url } = sources[original.source] ?? { url: '' };
    const page = pages === undefined ? url : pages + (entry.as ?? name).toLowerCase();
    return { ...whole, decision: whole.decision ?? 'human', name, reason, runbook: whole.runbook ?? page };
  }

  return Object.entries(sources).map(([key, source]) => ({
    ...source,
    alerts: [...entries].filter(([, found]) => found.source === key).map(([name, found]) => describe(name, found)),
  }));
}
