import { readFileSync, watch } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Where each service listens: `host:port` of every ready Pod, by the name of the service. */
export type Endpoints = Readonly<Record<string, readonly string[]>>;

/** Replaces a file in one step, so that a reader never sees half of it. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const partial = `${file}.partial`;
  await writeFile(partial, content);
  await rename(partial, file);
}

/**
 * The shop's name service: one JSON file, written by the Pod runner, followed by whoever sends requests. `next` goes
 * round the endpoints of a service.
 */
export class EndpointsView {
  readonly #file: string;
  readonly #turn = new Map<string, number>();
  readonly #onChange: ((endpoints: Endpoints) => void) | undefined;
  #endpoints: Endpoints;
  readonly #watcher;

  constructor(file: string, onChange?: (endpoints: Endpoints) => void) {
    this.#file = file;
    this.#onChange = onChange;
    this.#endpoints = this.#read() ?? {};
    // The folder, because a replaced file is another inode.
    this.#watcher = watch(dirname(file), (_event, name) => {
      if (name === basename(file)) this.#reload();
    });
  }

  next(service: string): string | undefined {
    const endpoints = this.#endpoints[service] ?? [];
    const turn = (this.#turn.get(service) ?? 0) % Math.max(1, endpoints.length);
    this.#turn.set(service, turn + 1);
    return endpoints[turn];
  }

  close(): void {
    this.#watcher.close();
  }

  #reload(): void {
    const endpoints = this.#read();
    if (endpoints === undefined) return;
    this.#endpoints = endpoints;
    this.#onChange?.(endpoints);
  }

  /** Undefined while there is no such file yet. */
  #read(): Endpoints | undefined {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as Endpoints;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
