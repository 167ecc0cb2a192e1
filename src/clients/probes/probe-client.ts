import { lookup as lookUp, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { Config } from '../../config/schema.ts';
import type { Probe } from '../../domain/plan/probe-clause.ts';
import { fails, type Found } from '../../domain/verification/check.ts';
import { judgeProbe } from '../../domain/verification/judge-probe.ts';
import { isRefusedAddress } from './refused-addresses.ts';

/** Answers beyond this many bytes are no answers. */
const MAX_BYTES = 64 * 1024;

const REFUSED = 'EREFUSEDADDRESS';

export interface ProbeClient {
  /**
   * Asks once, without credentials, and judges the answer. Never throws: a host that the settings do not allow is unknown,
   * and a server that does not answer fails.
   */
  probe(probe: Probe, signal: AbortSignal): Promise<Found>;
}

/** Asks the hosts that the settings allow, and no other: a plan's addresses are policy's word, and policy reads alerts. */
export function createProbeClient({ hosts }: Config['probes']): ProbeClient {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  // Each probe has a connection of its own: one that is kept shows nothing of a server that is new.
  const dispatcher = new Agent({ connect: { lookup: guardedLookup }, pipelining: 0, maxResponseSize: MAX_BYTES });

  return {
    async probe({ name, url, method, timeoutSeconds, expect }, signal) {
      const { host, hostname, port, protocol } = new URL(url);
      const named = port === '' ? `${hostname}:${protocol === 'https:' ? 443 : 80}` : host;
      if (!allowed.has(host) && !allowed.has(named)) {
        return { status: 'unknown', text: `${name}: host ${host} is not one of probes.hosts` };
      }
      try {
        const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
        const answer = await request(url, { method, dispatcher, signal: AbortSignal.any([timeout, signal]) });
        return judgeProbe({ name, expect }, { status: answer.statusCode, body: await answer.body.text() });
      } catch (error) {
        if (signal.aborted) return { status: 'unknown', text: `${name}: not asked to the end` };
        if (codeOf(error) === REFUSED) {
          return { status: 'unknown', text: `${name}: host ${host} leads to an address that is never asked by name` };
        }
        return fails(`${name}: no answer (${codeOf(error)})`);
      }
    },
  };
}

/** Names are looked up once for each connection, and what they lead to is what is connected to. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const given = error === null ? addresses.filter(({ address }) => !isRefusedAddress(address)) : [];
    const [first] = given;
    if (error !== null) callback(error, '', 0);
    else if (first === undefined) callback(Object.assign(new Error('refused address'), { code: REFUSED }), '', 0);
    else if (options.all === true) callback(null, given);
    else callback(null, first.address, first.family);
  });
};

/** The kind of failure alone: its message may have more of an address than a log should. */
function codeOf(error: unknown): string {
  if (error instanceof Error) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    if (error.cause !== undefined) return codeOf(error.cause);
    return error.name;
  }
  return 'unknown';
}
