export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events from pieces of their text, as the HTML standard has it. */
export class EventParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  /** Of the last event, to come back with. */
  lastId: string | undefined;
  /** Milliseconds to wait before connecting anew, if the server has said so. */
  retryMs: number | undefined;

  /** The events that end in this piece. */
  push(text: string): ServerEvent[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line.replace(/\r$/, '')));
  }

  #line(line: string): ServerEvent[] {
    if (line === '') return this.#end();
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    switch (field) {
      case 'event':
        this.#event = value;
        break;
      case 'data':
        this.#data.push(value);
        break;
      case 'id':
        this.lastId = value;
        break;
      case 'retry':
        if (/^\d+$/.test(value)) this.retryMs = Number(value);
        break;
    }
    return [];
  }

  #end(): ServerEvent[] {
    const [event, data] = [this.#event || 'message', this.#data];
    this.#event = '';
    this.#data = [];
    return data.length === 0 ? [] : [{ event, data: data.join('\n') }];
  }
}
