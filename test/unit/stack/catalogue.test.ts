import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { loadCatalogue, lookUp, parseCatalogue, serverNames } from '../../../src/local/servers/catalogue.ts';
import { versionProblem } from '../../../src/local/servers/version.ts';

const catalogue = loadCatalogue();
const families = Object.entries(catalogue);

/** A program that is put together here has the version of the module it is mostly made of. */
function origin(goPackage: string): string {
  return goPackage === 'mendloop.dev/tools/servers/otelcol' ? 'go.opentelemetry.io/collector/otelcol' : goPackage;
}

describe('tools/servers.json', () => {
  it.each(serverNames)('holds %s, and a way to build it', (name) => {
    const { family } = lookUp(catalogue, name);
    expect(family.go.filter((module) => name in module.packages)).toHaveLength(1);
  });

  it.each(families)('pins only versions of %s that serve', (_name, family) => {
    const pinned = [family.release, family.wheel, ...family.go].flatMap((way) => (way ? [way.version] : []));
    for (const spec of Object.values(family.servers)) {
      for (const version of pinned) expect(versionProblem(version, spec.accept)).toBeUndefined();
    }
  });

  it.each(families)('downloads the version of %s that it says, and names every server in it', (_name, family) => {
    for (const asset of Object.values(family.release?.assets ?? {})) {
      expect(asset.url).toContain(family.release?.version);
      const servers = Object.keys(family.servers);
      if (asset.members) expect(Object.keys(asset.members).sort()).toEqual(servers.sort());
      else expect(servers).toHaveLength(1);
    }
  });

  it.each(families.flatMap(([, family]) => family.go.map((module) => [module.folder, module] as const)))(
    'agrees with tools/servers/%s/go.mod on the version and the programs',
    (folder, module) => {
      const goMod = readFileSync(join(packageRoot(), 'tools', 'servers', folder, 'go.mod'), 'utf8');
      for (const goPackage of Object.values(module.packages)) expect(goMod).toContain(goPackage);
      // Prometheus numbers its module v0.316.0 where the release is 3.16.0.
      const [major, minor, patch] = module.version.split('.');
      const asModule = `0.${Number(major) * 100 + Number(minor)}.${patch ?? ''}`;
      const pinned = [...goMod.matchAll(/^\s*(?:require )?(\S+) v(\d+\.\d+\.\d+)( \/\/ indirect)?$/gm)]
        .filter(([, path = '']) =>
          Object.values(module.packages).some((goPackage) => origin(goPackage).startsWith(path)),
        )
        .map(([, , version]) => version);
      expect([[module.version], [asModule]]).toContainEqual([...new Set(pinned)]);
    },
  );

  it('is refused with the place of every fault', () => {
    const broken = { thing: { site: 'nowhere', servers: {}, release: { version: '1.0', assets: {} } } };
    expect(() => parseCatalogue(broken)).toThrow(/thing\.site[\s\S]*thing\.release\.version|version[\s\S]*site/);
  });
});
