/** R1 to R5, in this order (R123), and the agent itself behind a recorded model. */
export const REPLAY_LEVELS = ["patch", "validation", "render", "normalize", "session", "cassette"] as const;
export type ReplayLevel = (typeof REPLAY_LEVELS)[number];
