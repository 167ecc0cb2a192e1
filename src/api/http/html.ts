import { plainText } from '../../domain/text/plain-text.ts';

/** Markup that `html` made: every text in it is escaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Html | string | number | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Markup from a template. Texts in it are data: escaped, and without characters that hide text or turn its direction
 * round. Attributes have to be quoted in the template.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const rendered = parts.map((part) => {
    if (part instanceof Html) return part.markup;
    if (typeof part === 'object') return part.map(({ markup }) => markup).join('');
    return plainText(String(part)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  });
  return new Html(String.raw({ raw: template }, ...rendered));
}

/** Nothing, for a part that is not there. */
export const NOTHING = new Html('');
