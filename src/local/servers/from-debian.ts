import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Acquisition } from './acquisition.ts';
import { locationOf, specOf } from './acquisition.ts';
import { extractPackage } from './apt.ts';
import { SourceFailed, install } from './server-binary.ts';
import type { ServerBinary } from './server-binary.ts';

/** The distribution's own package. Throws {@link SourceFailed} elsewhere than on Debian's kin. */
export async function fromDebian({ family, names, cache, ...job }: Acquisition): Promise<ServerBinary[]> {
  const { debian } = family;
  const known = names.filter((name) => debian !== undefined && name in debian.members);
  if (debian === undefined || known.length === 0) throw new SourceFailed('no Debian package is known to serve');
  const into = await mkdtemp(join(cache.partial, 'debian-'));
  await extractPackage({ ...job, package: debian.package, into, scratch: cache.partial });
  return Promise.all(
    known.map((name) => {
      const from = join(into, locationOf(debian.members, name));
      return install({ name, spec: specOf(family, name), from, source: 'debian', cache });
    }),
  );
}
