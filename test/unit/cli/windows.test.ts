import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';

const folders: string[] = [];

async function windows(yaml: string, ...args: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-windows-'));
  folders.push(folder);
  const file = join(folder, 'mendloop.yaml');
  await writeFile(file, yaml);
  const said = vi.spyOn(console, 'log').mockReturnValue(undefined);
  vi.spyOn(console, 'error').mockReturnValue(undefined);
  const program = await createProgram('windows');
  await program.parseAsync(['windows', '--config', file, ...args], { from: 'user' });
  return said.mock.calls.map(([text]) => String(text)).join('\n');
}

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

const two = `
windows:
  - { name: later, kind: freeze, from: '2026-12-24T00:00', until: '2026-12-27T00:00' }
  - name: office
    kind: hours
    timeZone: America/New_York
    from: '2026-01-05T09:00'
    until: '2026-01-05T17:00'
    rule: FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
    namespaces: [shop]
`;

describe('mendloop windows', () => {
  it('lists those that hold changes back first, with what they cover and when that changes', async () => {
    const text = await windows(two, '--at', '2026-03-08T12:00:00Z');
    const [head, ...rows] = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(head).toEqual(['CHANGES', 'KIND', 'NEXT', 'MEANWHILE', 'COVERS', 'NAME']);
    expect(rows.map((row) => [row[0], row[1], row.at(-1)])).toEqual([
      ['holds back', 'hours', 'office'],
      ['allows', 'freeze', 'later'],
    ]);
    // The first Monday of summer time in New York.
    expect(text).toContain('begins 2026-03-09 13:00:00 UTC');
  });

  it('prints JSON, and says where there is nothing', async () => {
    expect(JSON.parse(await windows(two, '--json', '--at', '2026-12-25T00:00:00+01:00'))).toMatchObject([
      { name: 'later', lasts: true, until: Date.parse('2026-12-27T00:00:00Z') },
      { name: 'office', lasts: false, scope: 'in shop' },
    ]);
    expect(await windows('{}')).toContain('There are no windows');
  });

  it('refuses a time without a zone, and an entry that is none, with its key', async () => {
    await expect(windows(two, '--at', '2026-12-24T18:00')).rejects.toThrow(
      /invalid --at .*expected a time with its zone/,
    );
    const fault = two.replace('BYDAY=MO', 'BYDAY=MX');
    await expect(windows(fault)).rejects.toThrow(/windows[.[]1\]?\.rule.*BYDAY has the value "MX"/s);
  });
});
