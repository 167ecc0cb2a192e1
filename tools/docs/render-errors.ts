import { FAILURES, type FailureType } from '../../src/domain/failures.ts';
import { ERROR_ADVICE } from './error-advice.ts';

const INTRODUCTION = `Every failure that Mendloop raises has one of these types, and nothing else is ever its type. You meet it

- in a workflow's history, as the \`type\` of an \`ApplicationFailure\`, and as \`fault.type\` of the \`status\` query;
- in the page that the on-call gets, at the beginning of the summary;
- as the bounded label \`reason\` of a metric.

_Retryable_ says whether trying the same call again can help. What is retryable is tried again by itself, with growing
pauses, for as long as its activity may take: reads and changes ten minutes, undoing half an hour, telling people a day.
A remediation that gives up undoes what it did, and says so. So none of this asks you to undo anything, unless the page
holds a command to type.`;

/** docs/errors.md: every type of failure, with what it means and what a human does. */
export function renderErrors(): string {
  const rows = Object.entries(FAILURES).map(
    ([type, { retryable, meaning }]) =>
      `| \`${type}\` | ${retryable ? 'yes' : 'no'} | ${meaning} | ${ERROR_ADVICE[type as FailureType]} |`,
  );
  return [
    '# Failure types',
    '<!-- Made from the code by tools/docs/generate.ts. -->',
    INTRODUCTION,
    // As wide as its advice, the table would be mostly blanks.
    [
      '<!-- prettier-ignore -->',
      '| type | retryable | meaning | what a human does |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
  ].join('\n\n');
}
