/** What the outbox holds, for Health and `cto notices`. No address and no secret of a channel is ever in it. */
export interface NoticesObject {
  readonly channels: readonly ChannelObject[];
  /** Deliveries, counted. */
  readonly counts: {
    readonly waiting: number;
    readonly delivered: number;
    readonly dead: number;
    readonly muted: number;
  };
  /** The newest first. */
  readonly notices: readonly NoticeObject[];
  /** How long what was blocked waited for its approval, the newest first; open ones have no end yet. */
  readonly answers: readonly AnswerObject[];
}

interface ChannelObject {
  readonly channel: string;
  /** "none", or why nothing can be sent on it. */
  readonly problem: string;
}

interface NoticeObject {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly work: string;
  readonly run?: string;
  readonly state: string;
  readonly reason?: string;
  readonly deliveries: readonly {
    readonly channel: string;
    readonly state: "waiting" | "delivered" | "dead" | "muted";
    readonly attempts: number;
    /** Of one that waits. */
    readonly dueAt?: string;
    readonly problem?: string;
  }[];
}

interface AnswerObject {
  readonly work: string;
  readonly blockedAt: string;
  readonly answeredAt?: string;
  readonly tookMs?: number;
}
