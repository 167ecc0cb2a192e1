/**
 * Makes everything that a release consists of, in dist/release, and publishes nothing.
 *
 *     node tools/release/release.ts [--version X.Y.Z --write] [--output FOLDER]
 *
 * `--write`: sets the version in package.json, its lock and the chart, and makes the changelog's entry, before anything is
 * built. Without it the version is the one that they have, and the sources stay as they are.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { runCommand } from '../../src/local/process/run-command.ts';
import { workflowBuildId } from '../../src/workers/workflow-bundle.ts';
import { releaseEntry } from './changelog.ts';
import { imageMetadata } from './image-metadata.ts';
import { checkVersions, setVersions } from './versions.ts';

const root = packageRoot();
const { values } = parseArgs({
  options: {
    version: { type: 'string' },
    write: { type: 'boolean', default: false },
    output: { type: 'string', default: join(root, 'dist', 'release') },
  },
});

const { output } = values;
const now = new Date().toISOString();
const run = (command: string, ...args: string[]) => runCommand({ command, args, cwd: root });

if (values.write) {
  if (values.version === undefined) throw new Error('--write needs --version X.Y.Z');
  await setVersions(root, values.version);
}
const version = await checkVersions(root, values.version);
const changelogFile = join(root, 'CHANGELOG.md');
const { changelog, notes } = releaseEntry(await readFile(changelogFile, 'utf8'), { version, date: now.slice(0, 10) });
if (values.write) await writeFile(changelogFile, changelog);

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
const { description, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  description: string;
  license: string;
};
const revision = (await run('git', 'rev-parse', 'HEAD')).trim();
const put = (name: string, content: string) => writeFile(join(output, name), content);

await put('CHANGELOG.md', changelog);
await put('notes.md', `${notes}\n`);
await put(
  'images.json',
  `${JSON.stringify(imageMetadata({ version, revision, created: now, description, license }), undefined, 2)}\n`,
);
await put(`mendloop-${version}.cdx.json`, await billOfMaterials());
// Each by itself: npm and Helm name them alike.
for (const folder of ['npm', 'chart']) await mkdir(join(output, folder));
await run('npm', 'pack', '--pack-destination', join(output, 'npm'));
const { helm } = await ensureServers(['helm'], { progress: terminalProgress() });
await packageChart(helm.path, join(output, 'chart'));

const entries = await readdir(output, { recursive: true, withFileTypes: true });
const files = entries.flatMap((one) => (one.isFile() ? [relative(output, join(one.parentPath, one.name))] : [])).sort();
const sums = await Promise.all(
  files.map(async (file) => {
    const sum = createHash('sha256')
      .update(await readFile(join(output, file)))
      .digest('hex');
    return `${sum}  ${file}`;
  }),
);
await put('SHA256SUMS', `${sums.join('\n')}\n`);
console.log(
  [`Mendloop ${version}, in ${output}; nothing was published:`, ...files.map((file) => `  ${file}`)].join('\n'),
);

/** The chart, which also says by which build ID the workflows of the release are known. */
async function packageChart(helm: string, destination: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-release-'));
  try {
    const chart = join(folder, 'mendloop');
    await cp(join(root, 'helm', 'mendloop'), chart, { recursive: true });
    await writeFile(join(chart, 'files', 'build-id'), `${workflowBuildId(root)}\n`);
    await run(helm, 'package', chart, '--destination', destination);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is installed for production, with the versions of the lock file; CycloneDX. */
async function billOfMaterials(): Promise<string> {
  const program = join(root, 'node_modules', '.bin', 'cyclonedx-npm');
  return await run(program, '--omit', 'dev', '--package-lock-only', '--output-reproducible');
}
