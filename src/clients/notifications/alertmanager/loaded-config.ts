import { parse } from 'yaml';
import { z } from 'zod';
import { MendloopError } from '../../../domain/failures.ts';
import type { AlertmanagerApi } from './alertmanager-api.ts';

const texts = z.record(z.string(), z.coerce.string());
const strings = z.array(z.string());

/** Alertmanager's own words for what is secret. */
export const HIDDEN = '<secret>';

const webhookSchema = z.looseObject({
  /** Hidden by newer versions. */
  url: z.string().optional(),
  url_file: z.string().optional(),
  send_resolved: z.boolean().default(true),
  http_config: z.looseObject({ authorization: z.looseObject({ type: z.string().optional() }).optional() }).nullish(),
});
export type WebhookReceiver = z.infer<typeof webhookSchema>;

/** What a set of matchers is written as: older configurations have `match` and `match_re`. */
const matchersShape = { match: texts.nullish(), match_re: texts.nullish(), matchers: strings.nullish() };

export interface Route {
  readonly receiver?: string | undefined;
  readonly continue?: boolean | undefined;
  readonly match?: Readonly<Record<string, string>> | null | undefined;
  readonly match_re?: Readonly<Record<string, string>> | null | undefined;
  readonly matchers?: readonly string[] | null | undefined;
  readonly routes?: readonly Route[] | null | undefined;
}

const routeSchema: z.ZodType<Route> = z.looseObject({
  receiver: z.string().optional(),
  continue: z.boolean().optional(),
  ...matchersShape,
  routes: z.lazy(() => z.array(routeSchema).nullish()),
});

const inhibitionSchema = z.looseObject({
  source_match: texts.nullish(),
  source_match_re: texts.nullish(),
  source_matchers: strings.nullish(),
  target_match: texts.nullish(),
  target_match_re: texts.nullish(),
  target_matchers: strings.nullish(),
  equal: strings.nullish(),
});
export type Inhibition = z.infer<typeof inhibitionSchema>;

const configSchema = z.looseObject({
  route: routeSchema,
  receivers: z.array(z.looseObject({ name: z.string(), webhook_configs: z.array(webhookSchema).nullish() })),
  inhibit_rules: z.array(inhibitionSchema).nullish(),
});
/** The configuration that an Alertmanager runs with, as far as it says where alerts go. */
export type LoadedConfig = z.infer<typeof configSchema>;

const statusSchema = z.looseObject({ config: z.looseObject({ original: z.string() }) });

/** @throws MendloopError as the API does, and `AlertmanagerRefused` for a configuration that cannot be read. */
export async function readLoadedConfig(api: AlertmanagerApi): Promise<LoadedConfig> {
  const { content } = await api.ask({ method: 'GET', path: '/status' }, statusSchema);
  const parsed = configSchema.safeParse(parse(content.config.original, { logLevel: 'silent' }));
  if (parsed.success) return parsed.data;
  const why = z.prettifyError(parsed.error).split('\n')[0] ?? '';
  throw new MendloopError('AlertmanagerRefused', `its configuration cannot be read: ${why}`);
}
