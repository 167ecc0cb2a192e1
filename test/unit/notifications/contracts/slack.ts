import { z } from 'zod';
import type { Answer, Received } from '../http-receiver.ts';

/** Of an incoming webhook; it is the whole credential. */
export const HOOK_PATH = '/services/T0000/B0000/XXXXXXXXXXXXhunter2';

/** Above this, messages were refused though every part of them was within its limit. */
const MAX_ALL_BLOCKS = 13_000;

/** Markup whose control characters are all entities, but for links and bold that we make ourselves. */
const isEscaped = (text: string) => {
  const withoutLinks = text.replace(/<https?:\/\/[^\s<>|]+\|[^<>|]*>/g, '');
  return !/[<>]/.test(withoutLinks) && !/&(?!(?:amp|lt|gt);)/.test(text);
};
const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max).refine(isEscaped, 'not escaped'),
    verbatim: z.literal(true),
  });
const plain = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max).refine(isEscaped, 'not escaped'),
    emoji: z.boolean().optional(),
  });

/** Block Kit, as documented. */
const blockSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      text: mrkdwn(3000).optional(),
      fields: z.array(mrkdwn(2000)).min(1).max(10).optional(),
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'neither text nor fields'),
  z.strictObject({
    type: z.literal('image'),
    image_url: z.url({ protocol: /^https?$/ }).max(3000),
    alt_text: z.string().min(1).max(2000),
  }),
  z.strictObject({ type: z.literal('context'), elements: z.array(mrkdwn(2000)).min(1).max(10) }),
]);
const messageSchema = z.strictObject({
  text: z.string().min(1).refine(isEscaped, 'not escaped'),
  blocks: z
    .array(blockSchema)
    .min(1)
    .max(50)
    .refine((blocks) => JSON.stringify(blocks).length <= MAX_ALL_BLOCKS, 'msg_blocks_too_long'),
});
export type Message = z.infer<typeof messageSchema>;

/** Answers as an incoming webhook does. */
export function slack() {
  const messages: Message[] = [];
  const answer = ({ method, url, headers, body }: Received): Answer => {
    if (url !== HOOK_PATH) return { status: 404, body: `no_service at ${url}` };
    if (method !== 'POST' || headers['content-type'] !== 'application/json')
      return { status: 400, body: 'invalid_payload' };
    const message = messageSchema.safeParse(JSON.parse(body));
    if (!message.success) return { status: 400, body: `invalid_blocks: ${z.prettifyError(message.error)}` };
    messages.push(message.data);
    return { status: 200, body: 'ok' };
  };
  return { messages, answer };
}
