import { Fragment, h, render } from 'preact';
import type { ApiClient } from '../net/client.ts';
import { followEvents } from '../net/event-stream.ts';
import { asProblem, type Problem } from '../net/problem.ts';
import { measurePlots } from '../parts/measure-plots.ts';
import { parseRoute, type Route } from '../route.ts';
import type { VNode } from '../element.ts';
import type { Me } from '../types.ts';
import { Dialogs } from './dialogs.ts';
import { markFirstView } from './first-view.ts';
import { frame } from './frame.ts';
import { blockedPage, loginPage } from './gate-pages.ts';
import { focusTitle, keepFocus } from './keep-focus.ts';
import { LiveRegion } from './live-region.ts';
import { takeToken } from './token-link.ts';
import type { Change, View, ViewContext } from './view.ts';
import { viewOf } from './view-of.ts';

const TICK_MS = 1000;
const POLL_MS = 5000;

export interface AppOptions {
  readonly client: ApiClient;
  readonly root: Element;
  readonly announcer: Element;
}

/** The page: who looks, what they look at, and how what happens at the server comes to it. */
export class App {
  readonly #client: ApiClient;
  readonly #root: Element;
  readonly #live: LiveRegion;
  readonly #dialogs: Dialogs;
  readonly #context: ViewContext;
  #route: Route;
  #view: View;
  #me: Me | undefined;
  /** Why nothing can be shown: 401 asks for a token, anything else is told. */
  #refusal: Problem | undefined;
  #events: { stop: () => void } | undefined;
  #isLive = false;
  #isHeld = false;
  #polledAt = Date.now();
  #isDrawing = false;

  constructor({ client, root, announcer }: AppOptions) {
    this.#client = client;
    this.#root = root;
    this.#live = new LiveRegion(announcer);
    const changed = () => {
      this.#changed();
    };
    this.#dialogs = new Dialogs({
      changed,
      onDone: (text) => {
        this.#live.say(text);
        this.#view.refresh();
        // What opened the dialog may be gone by now.
        focusTitle(this.#root);
      },
    });
    this.#context = {
      ...{ client, changed, me: () => this.#me },
      announce: (text) => {
        this.#live.say(text);
      },
      ask: (dialog) => {
        this.#dialogs.ask(dialog);
      },
      go: (href) => {
        location.hash = href;
      },
    };
    const token = takeToken();
    if (token !== undefined) client.setToken(token);
    this.#route = parseRoute(location.hash);
    this.#view = viewOf(this.#route, this.#context);
  }

  start(): void {
    addEventListener('hashchange', () => {
      this.#go();
    });
    addEventListener('resize', () => {
      this.#changed();
    });
    document.addEventListener('visibilitychange', () => {
      this.#tick();
    });
    setInterval(() => {
      this.#tick();
    }, TICK_MS);
    this.#changed();
    this.#begin();
  }

  /** Reads everything and follows what happens, as the person whom the token stands for. */
  #begin(): void {
    this.#view.refresh();
    void this.#identify();
    this.#events?.stop();
    this.#events = followEvents({
      client: this.#client,
      onEvent: ({ event, data }) => {
        if (event !== 'hello') this.#onChange({ event, data: JSON.parse(data) as unknown });
      },
      onLive: (isLive) => {
        this.#isLive = isLive;
        this.#changed();
      },
      onUnauthorized: (problem) => {
        this.#refuse(problem);
      },
    });
  }

  async #identify(): Promise<void> {
    try {
      this.#me = await this.#client.get<Me>('/me');
      this.#refusal = undefined;
    } catch (error) {
      const problem = asProblem(error);
      this.#me = undefined;
      // Without an answer, the views say so themselves.
      if (problem.status === 401 || problem.status === 403) this.#refuse(problem);
    }
    this.#changed();
  }

  #refuse(problem: Problem): void {
    this.#refusal = problem;
    this.#events?.stop();
    this.#changed();
  }

  #onChange(change: Change): void {
    if (!this.#isHeld) this.#view.onChange(change);
  }

  #tick(): void {
    if (document.hidden || this.#isHeld || this.#refusal !== undefined) return;
    const now = Date.now();
    if (!this.#isLive && now - this.#polledAt >= POLL_MS) {
      this.#polledAt = now;
      this.#onChange({ event: 'poll', data: undefined });
      if (this.#me === undefined) void this.#identify();
    }
    this.#view.onTick(now);
    this.#changed();
  }

  #go(): void {
    const token = takeToken();
    if (token !== undefined) this.#signIn(token);
    // A fragment of the page itself is no address of a view.
    if (location.hash !== '' && !location.hash.startsWith('#/')) return;
    this.#route = parseRoute(location.hash);
    this.#view.dispose();
    this.#view = viewOf(this.#route, this.#context);
    this.#view.refresh();
    this.#draw();
    scrollTo(0, 0);
    focusTitle(this.#root);
  }

  #hold(): void {
    this.#isHeld = !this.#isHeld;
    this.#live.say(this.#isHeld ? 'Updates are held.' : 'Updates come again.');
    if (this.#isHeld) this.#view.onHold();
    else this.#view.onChange({ event: 'reset', data: undefined });
    this.#changed();
  }

  #signIn(token: string): void {
    this.#client.setToken(token);
    this.#refusal = undefined;
    this.#begin();
    this.#changed();
  }

  #signOut(): void {
    this.#client.setToken(undefined);
    location.reload();
  }

  /** Draws once for all that changes until the next frame; hidden pages have none, and are drawn when seen again. */
  #changed(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    keepFocus(this.#root, () => {
      render(h(Fragment, null, ...this.#page(Date.now())), this.#root);
    });
    document.title = `${this.#view.title} · Mendloop`;
    if (measurePlots(this.#root)) this.#changed();
    markFirstView(this.#root);
  }

  #page(now: number): readonly VNode[] {
    const hasToken = this.#client.hasToken;
    const dialog = this.#dialogs.state;
    const updates = this.#isHeld ? 'held' : this.#isLive ? 'live' : 'polling';
    const content = this.#content(now);
    return frame(
      { view: this.#route.view, me: this.#me, hasToken, updates, dialog, content },
      {
        onHold: () => {
          this.#hold();
        },
        onSignOut: () => {
          this.#signOut();
        },
        onSend: (form) => {
          void this.#dialogs.send(form);
        },
        onClosed: () => {
          if (dialog !== undefined) this.#dialogs.noteClosed(dialog.requestId);
          // What opened it is gone by now.
          if (document.activeElement === document.body) focusTitle(this.#root);
        },
      },
    );
  }

  #content(now: number): readonly VNode[] {
    const refusal = this.#refusal;
    if (refusal === undefined) return this.#view.render(now);
    if (refusal.status !== 401) return blockedPage(refusal);
    return loginPage(refusal, this.#client.hasToken, (token) => {
      this.#signIn(token);
    });
  }
}
