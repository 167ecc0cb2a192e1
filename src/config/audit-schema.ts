import { z } from 'zod';
import { endpointSchema, secretSchema, tlsSchema } from './endpoint.ts';

/** Laws and auditors ask for at least this much; the database refuses less too. */
const MIN_RETENTION_DAYS = 90;

const login = { user: z.string().min(1), password: secretSchema.optional() };

const embeddedSchema = z.strictObject({
  type: z.literal('embedded'),
  /** Absent: `audit` in Mendloop's state folder. */
  folder: z.string().min(1).optional(),
});

const postgresSchema = z.strictObject({
  type: z.literal('postgres'),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(5432),
  database: z.string().min(1).default('mendloop'),
  /** A member of the role `mendloop_writer`, and of nothing more. */
  ...login,
  /** A member of `mendloop_retention`; absent: the login above is a member of both. */
  retention: z.strictObject(login).optional(),
  /** Absent: no TLS. */
  tls: tlsSchema.optional(),
  maxConnections: z.number().int().min(1).max(100).default(4),
});
export type PostgresSettings = z.infer<typeof postgresSchema>;

const sinkSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('otlp'),
    /** Of the receiver; `/v1/logs` is appended where the URL has no path. */
    endpoint: endpointSchema,
    /** Attributes of the resource, beside `service.name`. */
    resource: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    type: z.literal('syslog'),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535).default(6514),
    tls: tlsSchema.prefault({}),
    format: z.enum(['jsonl', 'ocsf', 'cef']).default('jsonl'),
    /** Private enterprise number in the ID of the structured data; the default is the one for documentation. */
    enterpriseId: z.number().int().positive().default(32_473),
    /** Seconds for one batch, from connecting to the receiver's goodbye. */
    timeoutSeconds: z.number().positive().max(300).default(10),
  }),
]);
export type SinkSettings = z.infer<typeof sinkSchema>;
export type OtlpSinkSettings = Extract<SinkSettings, { type: 'otlp' }>;
export type SyslogSinkSettings = Extract<SinkSettings, { type: 'syslog' }>;

const shippingSchema = z.strictObject({
  /** Where every entry goes, by a name of your own for each. The name is how the place is remembered: keep it. */
  sinks: z.record(z.string().min(1).max(100), sinkSchema).default({}),
  /** Entries that are sent at once. */
  batchSize: z.number().int().min(1).max(1000).default(200),
  /** Seconds between two looks for new entries. */
  pollSeconds: z.number().positive().max(3600).default(1),
});
export type ShippingSettings = z.infer<typeof shippingSchema>;

/** The audit log: where it is, how long it is kept, who signs it, where it is sent. */
export const auditSchema = z
  .strictObject({
    /** `embedded`: a database inside the process, for one machine. `postgres`: for everything else. */
    store: z.discriminatedUnion('type', [embeddedSchema, postgresSchema]).prefault({ type: 'embedded' }),
    /** Seconds that one statement may take. */
    timeoutSeconds: z.number().positive().max(60).default(5),
    retentionDays: z.number().int().min(MIN_RETENTION_DAYS).max(36_500).default(365),
    /**
     * Who removes what is older. `worker`: the one that signs the log. `apart`: `mendloop audit prune`, run with the login of
     * `store.retention` and without the signing key; workers sign what may be removed, and need no such login.
     */
    prune: z.enum(['worker', 'apart']).default('worker'),
    /** Minutes between two checkpoints; retention runs with them. */
    checkpointMinutes: z
      .number()
      .int()
      .min(1)
      .max(24 * 60)
      .default(60),
    /** Ed25519 key in PEM form (`openssl genpkey -algorithm ed25519`); absent: one beside the embedded database. */
    signingKey: secretSchema.optional(),
    /** Files with public keys in PEM form whose checkpoints are believed too: keys from before a change of keys. */
    trustedKeyFiles: z.array(z.string().min(1)).default([]),
    /** A file outside of the database to which each run of the keeper appends an anchor; absent: none. */
    anchorFile: z.string().min(1).optional(),
    shipping: shippingSchema.prefault({}),
  })
  .refine((audit) => audit.store.type !== 'postgres' || audit.signingKey !== undefined, {
    path: ['signingKey'],
    message: 'a PostgreSQL store needs a signing key: several processes must sign with the same one',
  })
  .refine(({ prune, store }) => prune === 'worker' || store.type === 'postgres', {
    path: ['prune'],
    message: 'an embedded store belongs to one user, who can both sign and remove: keeping them apart needs PostgreSQL',
  })
  .refine(({ prune, store }) => prune === 'worker' || store.type !== 'postgres' || store.retention !== undefined, {
    path: ['store', 'retention'],
    message: 'removing rows apart needs a login of its own, a member of mendloop_retention only',
  })
  .refine(({ prune, trustedKeyFiles }) => prune === 'worker' || trustedKeyFiles.length > 0, {
    path: ['trustedKeyFiles'],
    message: 'removing rows apart needs the public key that orders are signed by (mendloop audit public-key)',
  });
export type AuditSettings = z.infer<typeof auditSchema>;
