import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { readLink } from '../../clients/links/approval-link.ts';
import { LINK_PATH } from '../../clients/links/make-approval-links.ts';
import { describeApproval, type Vote, voteProblem } from '../../domain/approval/approval.ts';
import type { LinkClaims } from '../../domain/approval/approval-link.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Doorkeeper } from '../access/doorkeeper.ts';
import type { Refusal } from '../access/refusal-record.ts';
import { isCrossSite } from '../access/refuse-cross-site.ts';
import { onlyAllow } from '../http/only-allow.ts';
import { readForm } from '../http/read-form.ts';
import type { HumanAnswer, RemediationDetail, Remediations } from '../remediations/remediations.ts';
import { PAGE_HEADERS, renderApproval, renderMessage } from './approval-page.ts';

export interface ApprovalLinkOptions {
  readonly remediations: Remediations;
  /** What signs the links, asked for at each use. */
  readonly secret: () => string;
  readonly logger: Logger;
  /** How people reach this API, where that is by another address. */
  readonly publicUrl?: string | undefined;
  readonly keeper: Doorkeeper;
  /** Called when a person has voted. */
  readonly onChange: () => void;
}

const MAX_FORM_BYTES = 16 * 1024;

/**
 * `/approvals/<link>`: one-time links for people with nothing but a browser. GET only shows: chats and mail
 * scanners open every link. POST votes, in the name that the link was made for.
 */
export function approvalLinkRoutes({
  remediations,
  secret,
  logger,
  publicUrl,
  keeper,
  onChange,
}: ApprovalLinkOptions): Router {
  const router = Router();

  /** Says why not; or, to those who are turned away all the time, only that they are. */
  function turnAway(
    request: Request,
    response: Response,
    { refusal, status, title, text }: { refusal: Omit<Refusal, 'door'>; status: number; title: string; text: string },
  ): void {
    const wait = keeper.note(request, { door: 'approval_link', ...refusal });
    if (wait === 0) say(response, status, title, text);
    else {
      response.set('Retry-After', String(wait));
      say(response, 429, 'Later', 'Nothing was done: requests from this address were turned away too often.');
    }
  }

  /** The claims of a link that is good; otherwise the answer is given. */
  function claimsOf(request: Request, response: Response): LinkClaims | undefined {
    const { link } = request.params;
    const reading = readLink(typeof link === 'string' ? link : '', { secret: secret(), now: Date.now() });
    switch (reading.status) {
      case 'valid':
        return reading.claims;
      case 'expired':
        turnAway(request, response, {
          refusal: { reason: 'link_expired', claimed: reading.claims.name },
          ...{ status: 410, title: 'Too late', text: `Nothing was done: ${reading.reason}.` },
        });
        return undefined;
      case 'forged':
        turnAway(request, response, {
          refusal: { reason: 'link_forged' },
          ...{ status: 404, title: 'No such link' },
          text: 'This is no approval link of this Mendloop, or not the whole of one.',
        });
        return undefined;
    }
  }

  router.get(`${LINK_PATH}/:link`, async (request, response) => {
    const claims = claimsOf(request, response);
    if (claims === undefined) return;
    const detail = await remediations.get(claims.remediationId);
    if (detail === undefined) {
      say(response, 404, 'Nothing to decide', 'The remediation is not known any more.');
      return;
    }
    const approval = detail.status?.approval;
    if (approval === undefined) {
      sayNothingAsked(response, detail);
      return;
    }
    const problem = problemOf(detail, claims);
    page(response, 200, renderApproval({ claims, detail, approval, problem }));
  });

  router.post(`${LINK_PATH}/:link`, async (request, response) => {
    if (isCrossSite(request, publicUrl)) {
      turnAway(request, response, {
        refusal: { reason: 'cross_site' },
        ...{ status: 403, title: 'Not from here', text: "This request comes from another site's page." },
      });
      return;
    }
    const claims = claimsOf(request, response);
    if (claims === undefined) return;
    const form = await readForm(request, MAX_FORM_BYTES);
    const decision = form.get('decision');
    if (decision !== 'approve' && decision !== 'reject') {
      say(response, 400, 'No decision', 'Nothing was done: the form says neither approve nor reject.');
      return;
    }
    const { remediationId: id, name, linkId } = claims;
    const reason = form.get('reason')?.trim() ?? '';
    const input: Vote = voteBy(claims, { approve: decision === 'approve', reason });
    const answer = await remediations.vote({ id, requestId: randomUUID(), input });
    logger.info({ remediation: id, user: name, linkId, decision, answer: answer.status }, 'vote by a link');
    if (answer.status === 'done') {
      onChange();
      say(response, 200, 'Recorded', `Your decision counts. The change is now ${describeApproval(answer.value)}.`);
    } else {
      say(response, 409, 'Nothing was done', whyNot(answer));
    }
  });

  router.all(`${LINK_PATH}/:link`, onlyAllow('GET, HEAD, POST'));
  return router;
}

function voteBy(claims: LinkClaims, { approve, reason }: { approve: boolean; reason: string }): Vote {
  const { name, roles, linkId, round } = claims;
  return { approve, by: name, roles, reason: reason === '' ? 'no reason given' : reason, via: 'link', linkId, round };
}

/** Why there is nothing to decide; the workflow judges again when the vote comes. */
function problemOf({ remediation, status }: RemediationDetail, claims: LinkClaims): string | undefined {
  if (remediation.state === 'closed')
    return `the remediation has ended (${remediation.outcome ?? 'without an outcome'})`;
  const approval = status?.approval;
  return approval && voteProblem(approval, voteBy(claims, { approve: true, reason: '' }), Date.now());
}

function sayNothingAsked(response: Response, { statusUnavailable }: RemediationDetail): void {
  if (statusUnavailable === undefined)
    say(response, 409, 'Nothing to decide', 'This remediation asks for no approval.');
  else say(response, 503, 'Try again', `The remediation does not answer now: ${statusUnavailable}.`);
}

function whyNot(answer: Exclude<HumanAnswer<unknown>, { status: 'done' }>): string {
  switch (answer.status) {
    case 'refused':
      return `It was refused: ${answer.reason}.`;
    case 'ended':
      return `The remediation has ended${answer.outcome === undefined ? '' : ` (${answer.outcome})`}.`;
    case 'not_found':
      return 'The remediation is not known any more.';
  }
}

function say(response: Response, status: number, title: string, text: string): void {
  page(response, status, renderMessage(title, text));
}

function page(response: Response, status: number, markup: string): void {
  response.status(status).set(PAGE_HEADERS).type('html').send(markup);
}
