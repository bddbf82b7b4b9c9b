/** The newest record that this browser had seen when the reader came, and when that was; undefined on his first visit. */
export interface Visit {
  readonly seq: number;
  readonly at: string;
}

/** What was seen last before this tab was opened: it stays the same as long as the tab lives. */
export const lastVisit = (): Visit | undefined => {
  const held = sessionStorage.getItem(BEFORE) ?? localStorage.getItem(SEEN) ?? "";
  sessionStorage.setItem(BEFORE, held);
  return visitIn(held);
};

/** Everything up to this record stands before the reader now. */
export const saw = (seq: number): void => {
  const visit: Visit = { seq, at: new Date().toISOString() };
  localStorage.setItem(SEEN, JSON.stringify(visit));
};

const visitIn = (text: string): Visit | undefined => {
  const [, seq, at] = /^\{"seq":(\d{1,15}),"at":"([0-9TZ:.-]{20,30})"\}$/.exec(text) ?? [];
  return seq === undefined || at === undefined ? undefined : { seq: Number(seq), at };
};

const SEEN = "cto-last-visit";
const BEFORE = "cto-visit-before";
