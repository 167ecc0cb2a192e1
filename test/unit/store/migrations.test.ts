import { describe, expect, it } from 'vitest';
import { schemaFault } from '../../../src/store/migrate.ts';
import { MIGRATIONS, migrationFrom, SCHEMA_VERSION } from '../../../src/store/schema/migrations.ts';

describe('migrations', () => {
  it('leave the version before at work, and never bring an older one back', () => {
    for (const [index, { oldest }] of MIGRATIONS.entries()) {
      const version = index + 1;
      expect(oldest).toBeGreaterThanOrEqual(MIGRATIONS[index - 1]?.oldest ?? 1);
      // What this release no longer needs the release before still does.
      expect(oldest).toBeLessThanOrEqual(Math.max(1, version - 1));
    }
  });

  it('are one transaction that waits for no statement for long, and nothing where all is done', () => {
    const sql = migrationFrom(0);
    expect(sql).toMatch(/^BEGIN;\nSET LOCAL lock_timeout/);
    expect(sql).toMatch(/COMMIT;\n$/);
    expect(migrationFrom(SCHEMA_VERSION)).toBe('');
  });
});

describe('a process for version 3', () => {
  it.each([
    [{ version: 3, oldest: 1 }, undefined],
    [{ version: 5, oldest: 3 }, undefined],
    [{ version: 0, oldest: 0 }, 'there is no schema; run `mendloop audit migrate`'],
    [{ version: 2, oldest: 1 }, 'its schema has version 2, and this Mendloop needs 3; run `mendloop audit migrate`'],
    [
      { version: 5, oldest: 4 },
      'its schema has version 5, on which a Mendloop for 4 or newer works, and this one is for 3; use a newer Mendloop',
    ],
  ])('meets %j', (found, fault) => {
    expect(schemaFault(found, 3)).toBe(fault);
  });
});
