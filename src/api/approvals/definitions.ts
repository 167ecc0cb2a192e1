import { cut } from '../../domain/text/plain-text.ts';
import { html, type Html } from '../http/html.ts';

/** A label value may be 256 kB long. */
const MAX_VALUE = 500;

/** Names with what they stand for; what is not known is left out. */
export function definitions(rows: readonly (readonly [string, string | undefined])[]): Html {
  return html`<dl>
    ${rows.flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [
        html`<dt>${cut(name, 100)}</dt>
          <dd>${cut(value, MAX_VALUE)}</dd>`,
      ];
    })}
  </dl>`;
}
