import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { ChainPoint } from '../../domain/audit/chain.ts';
import type { KnownPoint } from '../../domain/audit/verdict.ts';
import { MendloopError } from '../../domain/failures.ts';

const LINE = /^(\S+) (\d+):([0-9a-f]{64})$/;

/** Anchors outside of the database: a file that is only ever appended to, a line for each run of the keeper. */
export interface AnchorFile {
  /** @throws MendloopError `AuditUnavailable`. */
  append(point: ChainPoint, at: string): Promise<void>;
  /**
   * The newest of them, oldest first; none where there is no file yet.
   *
   * @throws MendloopError `AuditTampered` if a line is no anchor, `AuditUnavailable` if it cannot be read.
   */
  read(): Promise<KnownPoint[]>;
}

export function anchorFile(path: string): AnchorFile {
  async function text(): Promise<string> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return '';
      throw unavailable(path, 'read', error);
    }
  }

  return {
    async append({ seq, hash }, at) {
      try {
        const file = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
        try {
          await file.appendFile(`${at} ${seq}:${hash}\n`);
          await file.datasync();
        } finally {
          await file.close();
        }
      } catch (error) {
        throw unavailable(path, 'written', error);
      }
    },

    async read() {
      const lines = (await text()).split('\n');
      // What a crash in the middle of a line has left is no anchor yet.
      const whole = lines.slice(0, -1);
      return whole.map((line, index) => {
        const [, at = '', seq, hash] = LINE.exec(line) ?? [];
        if (seq === undefined || hash === undefined) {
          throw new MendloopError('AuditTampered', `${path}, line ${index + 1}: no anchor`);
        }
        return { seq: Number(seq), hash, source: `the anchor of ${at} in ${path}` };
      });
    },
  };
}

function unavailable(path: string, done: string, error: unknown): MendloopError {
  const why = codeOf(error) ?? 'unknown';
  return new MendloopError('AuditUnavailable', `audit.anchorFile ${path} cannot be ${done}: ${why}`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
