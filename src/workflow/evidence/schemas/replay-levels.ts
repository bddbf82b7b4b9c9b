/** R1 to R5, in this order (R123). */
export const REPLAY_LEVELS = ["patch", "validation", "render", "normalize", "session"] as const;
export type ReplayLevel = (typeof REPLAY_LEVELS)[number];
