/** Long enough for several that come at once, short enough to be news. */
const GATHER_MS = 250;
const MOST = 3;

/** What is read to those who cannot see that something has changed. Bursts are cut short. */
export class LiveRegion {
  readonly #element: Element;
  #waiting: string[] = [];

  constructor(element: Element) {
    this.#element = element;
  }

  say(text: string): void {
    const isFirst = this.#waiting.length === 0;
    if (!this.#waiting.includes(text)) this.#waiting.push(text);
    if (!isFirst) return; // The first has set the clock.
    setTimeout(() => {
      const all = this.#waiting;
      this.#waiting = [];
      const more = all.length - MOST;
      this.#element.textContent = [...all.slice(0, MOST), ...(more > 0 ? [`And ${more} more.`] : [])].join(' ');
    }, GATHER_MS);
  }
}
