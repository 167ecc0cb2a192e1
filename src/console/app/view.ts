import type { ApiClient } from '../net/client.ts';
import type { ReasonDialog } from '../parts/dialog.ts';
import type { Me } from '../types.ts';
import type { VNode } from '../element.ts';

/** What a view may use of the page around it. */
export interface ViewContext {
  readonly client: ApiClient;
  /** Who looks; undefined until the API has said so. */
  readonly me: () => Me | undefined;
  /** Draws the page anew soon: something has changed. */
  readonly changed: () => void;
  /** Has it read to who cannot see it. */
  readonly announce: (text: string) => void;
  readonly ask: (dialog: Omit<ReasonDialog, 'requestId'>) => void;
  /** Goes to another address of the page. */
  readonly go: (href: string) => void;
}

/** Something that happened at the server. */
export interface Change {
  /**
   * `remediation` and `guards` with what they are now; `reset`: so much was missed that everything has to be read anew;
   * `poll`: no events come, so it is time to ask.
   */
  readonly event: string;
  readonly data: unknown;
}

/** One view of the page, from when the reader goes there until they leave. */
export interface View {
  /** For the window, and what is told to who cannot see the page. */
  readonly title: string;
  render(now: number): readonly VNode[];
  /** Reads everything anew. */
  refresh(): void;
  onChange(change: Change): void;
  /** Every second or so while it is looked at; for what no event tells. */
  onTick(now: number): void;
  /** The reader holds updates: what is still being read is not shown. `reset` follows when they let them come again. */
  onHold(): void;
  dispose(): void;
}
