import { mkdir, mkdtemp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { runCommand } from '../process/run-command.ts';
import type { Acquisition } from './acquisition.ts';
import { locationOf, specOf } from './acquisition.ts';
import type { CacheLayout } from './cache-dir.ts';
import type { GoModule } from './catalogue.ts';
import { SourceFailed, install } from './server-binary.ts';
import type { ServerBinary } from './server-binary.ts';
import { compareVersions } from './version.ts';

/** From here on Go fetches by itself the toolchain that a go.mod asks for. */
const oldestGo = '1.21.0';

/** What the go.mod files ask for; for advice to people. */
export const wantedGo = '1.26';

/**
 * Builds servers from their Go module, at the versions pinned by go.mod and go.sum below `tools/servers`. All packages
 * of a module are built by one `go build`, which compiles what they share once. Go's caches are the project's own, so
 * that they can be dropped afterwards. Throws {@link SourceFailed} with the compiler's last words.
 */
export async function fromGo(
  wanted: Acquisition & { module: GoModule; modulesRoot?: string | undefined },
): Promise<ServerBinary[]> {
  const { family, names, cache, module, task, signal } = wanted;
  const env = goEnvironment(cache, wanted.env);
  await refuseOldGo(env);
  const cwd = join(wanted.modulesRoot ?? join(packageRoot(), 'tools', 'servers'), module.folder);
  const packages = names.map((name) => locationOf(module.packages, name));
  const go = async (args: string[], onLine: (line: string) => void) => {
    try {
      return await runCommand({ command: 'go', args, cwd, env, onLine, signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw new SourceFailed(error instanceof Error ? error.message : String(error));
    }
  };

  task.update('downloading Go modules');
  let modules = 0;
  const dependencies = await go(['list', '-deps', ...packages], (line) => {
    if (line.startsWith('go: downloading ')) task.update(`downloading Go modules, ${(modules += 1)}`);
  });
  const total = new Set(dependencies.split('\n')).size;

  await mkdir(cache.partial, { recursive: true });
  const folder = await mkdtemp(join(cache.partial, 'go-'));
  let compiled = 0;
  const onLine = () => task.update(`building from source, ${Math.min((compiled += 1), total)} of ${total} packages`);
  await go(
    [
      ...['build', '-v', '-trimpath', '-o', `${folder}/`],
      // Debug information is stripped in the end; not making it at all saves a tenth of the compiler's work.
      ...['-gcflags', 'all=-dwarf=false', '-ldflags', ['-s -w', ...module.ldflags].join(' ')],
      ...packages,
    ],
    onLine,
  );
  return await Promise.all(
    names.map((name) =>
      install({
        name,
        spec: specOf(family, name),
        from: join(folder, programName(locationOf(module.packages, name))),
        source: 'go',
        cache,
      }),
    ),
  );
}

/** Go names a program after the last part of its package's path that is not a major version. */
function programName(packagePath: string): string {
  return basename(packagePath.replace(/\/v\d+$/, ''));
}

function goEnvironment(cache: CacheLayout, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    CGO_ENABLED: '0',
    GOCACHE: join(cache.build, 'go'),
    GOMODCACHE: join(cache.build, 'mod'),
    GOFLAGS: '-mod=readonly -modcacherw -buildvcs=false',
    GOTOOLCHAIN: env.GOTOOLCHAIN ?? 'auto',
    GOWORK: 'off',
    GOOS: '',
    GOARCH: '',
  };
}

async function refuseOldGo(env: NodeJS.ProcessEnv): Promise<void> {
  let version: string;
  try {
    version = await runCommand({ command: 'go', args: ['env', 'GOVERSION'], env, timeoutMs: 30_000 });
  } catch {
    throw new SourceFailed('no `go` on PATH that runs');
  }
  // A fresh minor version may print no patch number: go1.26
  const [, number = '0', patch = '.0'] = /^go(\d+\.\d+)(\.\d+)?/.exec(version) ?? [];
  if (compareVersions(number + patch, oldestGo) < 0) {
    throw new SourceFailed(`${version} is too old: ${oldestGo} or newer is needed`);
  }
}
