import type { BackendEvent } from "./backend-events.ts";

type Told = Omit<BackendEvent, "raw" | "at">;

/** Message chunks become one event, until another kind comes or the text is long. */
export interface MessageMerger {
  add(role: string, text: string): readonly Told[];
  flush(): readonly Told[];
}

export const messageMerger = (): MessageMerger => {
  let open: { readonly role: string; text: string } | undefined;
  const flush = (): readonly Told[] => {
    if (open === undefined) return [];
    const { role, text } = open;
    open = undefined;
    return [{ type: "message.recorded", subject: "run", trust: "agent-claimed", data: { role, text } }];
  };
  return {
    add: (role, text) => {
      const before = open?.role === role && open.text.length + text.length <= MESSAGE_MAX ? [] : flush();
      open ??= { role, text: "" };
      open.text += text;
      return before;
    },
    flush,
  };
};

const MESSAGE_MAX = 65_536;
