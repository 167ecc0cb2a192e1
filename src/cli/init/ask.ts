import { createInterface } from 'node:readline/promises';
import type { Answers } from './files.ts';

interface Question {
  readonly text: string;
  readonly standard: string;
}

const QUESTIONS: Readonly<Record<keyof Answers, Question>> = {
  prometheus: { text: 'Prometheus, as Mendloop reaches it', standard: 'http://127.0.0.1:9090' },
  alertmanager: { text: 'Alertmanager, as Mendloop reaches it', standard: 'http://127.0.0.1:9093' },
  webhook: {
    text: "Mendloop's webhook, as Alertmanager reaches it",
    standard: 'http://127.0.0.1:8080/webhooks/alertmanager',
  },
};

/** What was given by options; the rest is asked where a person can answer, else as usual. */
export async function askFor(given: Partial<Answers>, { yes }: { readonly yes: boolean }): Promise<Answers> {
  const isAsked = !yes && process.stdin.isTTY;
  const terminal = isAsked ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
  try {
    const answers: Record<string, string> = {};
    for (const [name, { text, standard }] of Object.entries(QUESTIONS)) {
      const known = given[name as keyof Answers];
      const typed = known ?? (await terminal?.question(`${text} [${standard}]: `)) ?? '';
      answers[name] = urlOf(name, typed.trim() === '' ? standard : typed.trim());
    }
    return answers as unknown as Answers;
  } finally {
    terminal?.close();
  }
}

function urlOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable = /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.password === '';
  if (!isUsable) throw new Error(`invalid --${name}: expected an http or https URL without credentials`);
  return text.replace(/\/+$/, '');
}
