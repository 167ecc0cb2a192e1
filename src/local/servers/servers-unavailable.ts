import type { CacheLayout } from './cache-dir.ts';
import type { ServerCatalogue, ServerName } from './catalogue.ts';
import { lookUp } from './catalogue.ts';
import { pinnedVersions } from './find-existing.ts';
import { wantedGo } from './from-go.ts';
import { platform } from './from-release.ts';

/** One way that was tried, and why it did not serve. */
export interface Attempt {
  source: string;
  problem: string;
}

/** Some servers are not to be had here. The message names what was tried, why it failed and what to install. */
export class ServersUnavailable extends Error {
  override readonly name = 'ServersUnavailable';
  readonly attempts: ReadonlyMap<ServerName, readonly Attempt[]>;

  constructor(
    attempts: ReadonlyMap<ServerName, readonly Attempt[]>,
    { catalogue, cache }: { catalogue: ServerCatalogue; cache: CacheLayout },
  ) {
    super(
      [
        `${[...attempts.keys()].join(', ')} could not be had.`,
        ...[...attempts].map(([name, tried]) => describe(name, tried)),
        'What helps:',
        ...advice([...attempts.keys()], { catalogue, cache }).map((line) => `  - ${line}`),
      ].join('\n'),
    );
    this.attempts = attempts;
  }
}

function describe(name: ServerName, tried: readonly Attempt[]): string {
  const lines = tried.map(
    ({ source, problem }) => `  ${source.padEnd(10)} ${problem.replaceAll('\n', '\n             ')}`,
  );
  return [`${name}, tried in this order:`, ...lines].join('\n');
}

function advice(
  names: readonly ServerName[],
  { catalogue, cache }: { catalogue: ServerCatalogue; cache: CacheLayout },
): string[] {
  const lines: string[] = [];
  if (names.some((name) => lookUp(catalogue, name).family.go.length > 0)) {
    lines.push(`install Go ${wantedGo} or newer (https://go.dev/dl/) and run this again: it builds them`);
  }
  for (const name of names) {
    const { family, spec } = lookUp(catalogue, name);
    const url = family.release?.assets[platform]?.url ?? family.site;
    const version = pinnedVersions(name, family)[0] ?? spec.accept.min;
    lines.push(
      `or download ${url} and put ${name} at ${cache.serverPath(name, version)}`,
      `or put ${name} ${spec.accept.min} or newer${spec.accept.below ? `, below ${spec.accept.below},` : ''} on PATH`,
    );
  }
  return lines;
}
