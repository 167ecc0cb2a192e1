import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reference of the settings: the example file, which holds every setting with its default and what it is for, a heading a
 * section.
 */
export function renderSettings(root: string): string {
  const example = readFileSync(join(root, 'examples/config/mendloop.example.yaml'), 'utf8');
  const [intro = '', ...sections] = example.split(/\n{2,}(?=(?:#.*\n)*[a-z]\w*:)/);
  const about = intro.replaceAll(/^# ?/gm, '').trim();
  return [
    '# Settings\n',
    `${about}\n`,
    ...sections.map((section) => `## ${nameOf(section)}\n\n\`\`\`yaml\n${section.trim()}\n\`\`\`\n`),
  ].join('\n');
}

function nameOf(section: string): string {
  return /^([a-z]\w*):/m.exec(section)?.[1] ?? '';
}
