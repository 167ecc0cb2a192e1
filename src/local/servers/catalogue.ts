import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../package-root.ts';

/** Every server and tool that the local stack, the tests and the examples run. */
export const serverNames = [
  'temporal',
  'opa',
  'regal',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'prometheus',
  'promtool',
  'alertmanager',
  'amtool',
  'otelcol',
  'helm',
  'kubeconform',
  'rollouts-controller',
  'temporal-server',
  'temporal-sql-tool',
] as const;

export type ServerName = (typeof serverNames)[number];

const serverName = z.enum(serverNames);
const version = z.string().regex(/^\d+\.\d+\.\d+$/, 'must be major.minor.patch');
/** Where each server's program lies inside an archive or package, or which Go package it is built from. */
const locations = z.partialRecord(serverName, z.string());

const serverSpec = z.strictObject({
  /** Names of the same program on PATH beside the server's own, as distributions give them. */
  aliases: z.array(z.string()).default([]),
  /** Which versions serve; checked by asking the program. */
  accept: z.strictObject({ min: version, below: version.optional() }),
  versionArgs: z.array(z.string()).min(1),
});

const releaseAsset = z.strictObject({
  url: z.url(),
  /** As published by the project. */
  checksum: z.string().regex(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/, 'must be sha256:HEX or sha512:HEX'),
  /** Absent where the download is the program itself. */
  members: locations.optional(),
});

const goModule = z.strictObject({
  version,
  /** Folder below `tools/servers` with the pinned go.mod and go.sum. */
  folder: z.string(),
  packages: locations,
  /** Linker flags beside `-s -w`, for programs whose version is set at link time. */
  ldflags: z.array(z.string()).default([]),
  /** Rough build time on two cores from an empty cache: orders the queue, longest first. */
  seconds: z.number().positive(),
});

/** Servers that come together: in one release archive, in one Debian package, from one project. */
const family = z.strictObject({
  site: z.url(),
  servers: z.partialRecord(serverName, serverSpec),
  release: z
    .strictObject({
      version,
      /** Keys are `process.platform-process.arch`, for example `linux-x64`. */
      assets: z.record(z.string(), releaseAsset),
    })
    .optional(),
  /** The same release in a package index. */
  wheel: z
    .strictObject({
      package: z.string(),
      version,
      members: locations,
      /** Keys as for a release. */
      assets: z.record(
        z.string(),
        z.strictObject({ tag: z.string(), checksum: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256:HEX') }),
      ),
    })
    .optional(),
  debian: z
    .strictObject({
      package: z.string(),
      /** Those of its programs that run without the rest of the package installed. */
      members: locations,
    })
    .optional(),
  go: z.array(goModule).default([]),
});

export type ServerSpec = z.infer<typeof serverSpec>;
export type GoModule = z.infer<typeof goModule>;
export type ServerFamily = z.infer<typeof family>;
export type ServerCatalogue = Record<string, ServerFamily>;

/** Checks what `tools/servers.json` holds. Throws with every fault when it does not fit. */
export function parseCatalogue(json: unknown): ServerCatalogue {
  const parsed = z.record(z.string(), family).safeParse(json);
  if (!parsed.success) throw new Error(`tools/servers.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Reads the pinned versions of all servers. */
export function loadCatalogue(): ServerCatalogue {
  return parseCatalogue(JSON.parse(readFileSync(join(packageRoot(), 'tools', 'servers.json'), 'utf8')));
}

/** The family a server belongs to and its own entry there. Throws for a name that the catalogue does not hold. */
export function lookUp(catalogue: ServerCatalogue, name: ServerName): { family: ServerFamily; spec: ServerSpec } {
  for (const candidate of Object.values(catalogue)) {
    const spec = candidate.servers[name];
    if (spec) return { family: candidate, spec };
  }
  throw new Error(`tools/servers.json has no entry for ${name}`);
}

export function isServerName(name: string): name is ServerName {
  return (serverNames as readonly string[]).includes(name);
}
