import { z } from 'zod';
import type { Answer, Received } from '../http-receiver.ts';

/** Of a workflow; `sig` is the credential. */
export const FLOW_PATH = '/workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01&sv=1.0&sig=hunter2hunter2';

/** Documented as 28 KB. */
const MAX_BYTES = 28 * 1024;
const text = z.string().min(1);

/** Adaptive Cards 1.4, as far as elements are used whose text is never Markdown. */
const runSchema = z.strictObject({
  type: z.literal('TextRun'),
  text,
  weight: z.enum(['Lighter', 'Default', 'Bolder']).optional(),
  size: z.enum(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge']).optional(),
  color: z.enum(['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention']).optional(),
  fontType: z.enum(['Default', 'Monospace']).optional(),
  isSubtle: z.boolean().optional(),
});
const elementSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('RichTextBlock'),
    inlines: z.array(runSchema).min(1),
    spacing: z.enum(['None', 'Small', 'Default', 'Medium', 'Large', 'ExtraLarge', 'Padding']).optional(),
  }),
  z.strictObject({
    type: z.literal('Image'),
    url: z.url({ protocol: /^https$/ }),
    altText: text,
    size: z.enum(['Auto', 'Stretch', 'Small', 'Medium', 'Large']).optional(),
  }),
]);
const cardSchema = z.strictObject({
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: z.literal('AdaptiveCard'),
  version: z.literal('1.4'),
  fallbackText: text,
  msteams: z.strictObject({ width: z.literal('Full') }),
  body: z.array(elementSchema).min(1),
  actions: z
    .array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: text, url: z.url({ protocol: /^https?$/ }) }))
    .max(6),
});
const messageSchema = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: cardSchema,
    }),
  ]),
});
export type Card = z.infer<typeof cardSchema>;

/** Answers as a workflow does that posts to a channel. */
export function teams() {
  const cards: Card[] = [];
  const answer = ({ method, url, headers, body }: Received): Answer => {
    if (url !== FLOW_PATH) return { status: 401, body: `the signature of ${url} is wrong` };
    if (method !== 'POST' || headers['content-type'] !== 'application/json') return { status: 400 };
    if (Buffer.byteLength(body) > MAX_BYTES) return { status: 413, body: 'Request Entity too large' };
    const message = messageSchema.safeParse(JSON.parse(body));
    if (!message.success) return { status: 400, body: z.prettifyError(message.error) };
    cards.push(message.data.attachments[0].content);
    return { status: 202 };
  };
  return { cards, answer };
}

/** All that a card shows, a line for each block. */
export function shown(card: Card): string[] {
  return card.body.flatMap((element) =>
    element.type === 'RichTextBlock' ? [element.inlines.map((run) => run.text).join('')] : [],
  );
}
