import type { JSX } from "preact";

const PATHS = {
  check: "M3.5 8.5l3 3 6-7",
  cross: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  clock: "M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
  warn: "M8 6v3.5M8 11.6v.1M8 2.2l6.3 11.3H1.7z",
  back: "M6.5 4.5L3.5 7.5l3 3M3.5 7.5h6a3 3 0 0 1 0 6H8",
  running: "M8 2a6 6 0 1 1-5.2 3",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  dash: "M4 8h8",
  stop: "M5 5h6v6H5z",
  seal: "M8 1.8l5 1.8v4c0 3-2 5.2-5 6.6-3-1.4-5-3.6-5-6.6v-4z",
  inbox: "M2 9.5l2-6h8l2 6v3.5H2zM2 9.5h3.5l1 1.5h3l1-1.5H14",
  packet: "M4 1.8h5.5L13 5.3v8.9H4zM9.3 2v3.5H13M6 8h5M6 10.5h5",
  runs: "M2.5 4.5h9M2.5 8h6M2.5 11.5h11",
  target: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  audit: "M8 1.8l5 1.8v4c0 3-2 5.2-5 6.6-3-1.4-5-3.6-5-6.6v-4zM5.6 8l1.8 1.8L10.6 6",
  health: "M1.5 8h3l2-4.5 3 9 2-4.5h3",
  logo: "M2 2h12v12H2zM5 8l2.3 2.3L11.5 6",
} as const;
export type IconName = keyof typeof PATHS;

/** A picture beside a word; it never stands for one. */
export const Icon = ({ name }: { readonly name: IconName }): JSX.Element => (
  <svg class="icon" data-icon={name} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
);
