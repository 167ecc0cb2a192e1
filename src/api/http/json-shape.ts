const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

export interface ShapeLimits {
  /** Of arrays and objects in each other. */
  readonly depth: number;
  /** Keys of one object. */
  readonly keys: number;
  /** Keys, arrays and objects of the whole text. */
  readonly parts: number;
}

/**
 * Which limit a JSON text goes beyond, before anything is made of it: megabytes of brackets or of keys keep a parser, and
 * whatever walks its result, busy for seconds; this reads each byte once. Of a text that is no JSON it may say anything.
 */
export function beyondLimits(json: Uint8Array, limits: ShapeLimits): keyof ShapeLimits | undefined {
  const keysAt: number[] = [0];
  let depth = 0;
  let parts = 0;
  let inString = false;
  for (let place = 0; place < json.length; place += 1) {
    const byte = json[place];
    if (inString) {
      if (byte === BACKSLASH) place += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > limits.depth) return 'depth';
      keysAt[depth] = 0;
      if ((parts += 1) > limits.parts) return 'parts';
    } else if (byte === 0x5d || byte === 0x7d) depth = Math.max(0, depth - 1);
    else if (byte === COLON) {
      const keys = (keysAt[depth] ?? 0) + 1;
      keysAt[depth] = keys;
      if (keys > limits.keys) return 'keys';
      if ((parts += 1) > limits.parts) return 'parts';
    }
  }
  return undefined;
}
