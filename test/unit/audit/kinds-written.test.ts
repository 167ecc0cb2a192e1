import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { auditKinds } from '../../../src/domain/audit/audit-entry.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

/** Where kinds are declared, drawn and mapped, and not written. */
const NO_WRITER = /^src\/domain\/audit\/(audit-entry|formats\/)/;

const sources = globSync('src/**/*.ts', { cwd: packageRoot() })
  .filter((file) => !NO_WRITER.test(file))
  .map((file) => ({ file, text: readFileSync(`${packageRoot()}/${file}`, 'utf8') }));

/** Functions of one file that make an entry, and files that call them. */
function writersOf(kind: string): string[] {
  const makes = new RegExp(`(kind: '${kind}'|row\\('${kind}',)`);
  return sources
    .filter(({ text }) => makes.test(text))
    .flatMap(({ file, text }) => {
      const isPure = file.startsWith('src/domain/');
      if (!isPure) return [file];
      const names = [...text.matchAll(/export function (\w+)/g)].map(([, name]) => name ?? '');
      const calls = new RegExp(`\\b(${names.join('|')})\\(`);
      const users = sources.filter((other) => other.file !== file && names.length > 0 && calls.test(other.text));
      // A class of the domain that hands its entries to the store itself.
      return names.length === 0 ? [file] : users.map((user) => user.file);
    });
}

it.each(auditKinds)('an entry of kind %s is written somewhere', (kind) => {
  expect(writersOf(kind)).not.toEqual([]);
});
