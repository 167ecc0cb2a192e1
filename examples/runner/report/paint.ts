import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'quiet' | 'strong' | 'plain';

/** Gives a text its tone. */
export type Paint = (tone: Tone, text: string) => string;

const STYLES = { good: 'green', bad: 'red', quiet: 'gray', strong: 'bold' } as const;

/** No colours: for files, pipes and tests. */
export const plainPaint: Paint = (_tone, text) => text;

/** Colours if the stream is a terminal and nobody set NO_COLOR. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (tone, text) => (tone === 'plain' ? text : styleText(STYLES[tone], text, { stream }));
}
