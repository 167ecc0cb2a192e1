import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/local/package-root.ts';

/** What a stage of the Dockerfile says of the image that it makes, the stages below it included. */
export interface Stage {
  readonly copies: readonly { readonly stage: string; readonly from: string; readonly to: string }[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
}

/** @throws Error where the Dockerfile has no such stage. */
export function readStage(name: string): Stage {
  const text = readFileSync(join(packageRoot(), 'Dockerfile'), 'utf8');
  const [, base, body] =
    new RegExp(String.raw`^FROM (\S+) AS ${name}\n([\s\S]*?)(?=^FROM |(?![\s\S]))`, 'm').exec(text) ?? [];
  if (base === undefined || body === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  const below: Stage = base.startsWith('$')
    ? { copies: [], entrypoint: [], cmd: [], env: {}, user: '' }
    : readStage(base);
  const lines = body.split('\n');
  const argumentsOf = (word: string) =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1).trim()] : []));
  const list = (word: string) => argumentsOf(word).map((text) => JSON.parse(text) as string[])[0];
  const copies = argumentsOf('COPY').map((text) => {
    const [, stage = '', from = '', to = ''] = /^--from=(\S+) (\S+) (\S+)$/.exec(text) ?? [];
    if (to === '') throw new Error(`the Dockerfile's stage ${name} copies in a way that is not known here: ${text}`);
    return { stage, from, to };
  });
  return {
    copies: [...below.copies, ...copies],
    entrypoint: list('ENTRYPOINT') ?? below.entrypoint,
    cmd: list('CMD') ?? below.cmd,
    env: {
      ...below.env,
      ...Object.fromEntries(argumentsOf('ENV').map((text) => text.split('=', 2) as [string, string])),
    },
    user: argumentsOf('USER')[0] ?? below.user,
  };
}
