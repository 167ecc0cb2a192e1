import type { RemediationNotice } from '../../domain/notice/notification.ts';

/** One attempt to send a notice. */
export interface Delivery {
  /** The same for every attempt to tell this channel of this ending. */
  readonly idempotencyKey: string;
  /** When the notice was first to be sent, in milliseconds since the epoch; the same for every attempt. */
  readonly since: number;
  readonly signal?: AbortSignal;
}

/** A way to tell people. */
export interface NotificationChannel {
  /** Its key in the settings. */
  readonly name: string;
  readonly type: string;
  /** Whether the settings say that only those who may decide read it: then it may be sent links to vote. */
  readonly carriesVotes?: boolean;
  /** Whether it wants to hear of this. */
  accepts(notice: RemediationNotice): boolean;
  /** @throws MendloopError `NotificationFailed` where trying again can help, else `NotificationRejected`. */
  send(notice: RemediationNotice, delivery: Delivery): Promise<void>;
  /** Several notices in one message. Absent: each is a change of state over there, and has to be sent by itself. */
  sendDigest?(notices: readonly RemediationNotice[], delivery: Delivery): Promise<void>;
  close(): Promise<void>;
}
