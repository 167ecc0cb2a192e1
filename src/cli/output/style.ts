import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'busy' | 'dim' | 'strong';

const FORMATS = { good: 'green', bad: 'red', busy: 'yellow', dim: 'dim', strong: 'bold' } as const;

/** Gives a text a tone, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

/** Colours where a person reads: on a terminal, unless NO_COLOR says otherwise; FORCE_COLOR wants them in any case. */
export function painter(stream: NodeJS.WriteStream = process.stdout): Paint {
  return (tone, text) => (text === '' ? '' : styleText(FORMATS[tone], text, { stream }));
}

export const unpainted: Paint = (_tone, text) => text;
