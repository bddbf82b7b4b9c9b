import type { JSX } from "preact";

import type { PacketChanges } from "../../../harness/objects/packet-changes.ts";
import type { Api } from "../../api.ts";
import { useResource } from "../resource.ts";

/** What became different in a packet since the reader signed it or marked it as read, and whether it gives more leave. */
export const SinceLooked = ({ work }: { readonly work: string }): JSX.Element => {
  const since = useResource<Api["/api/w/:name/diff"]>(`/api/w/${encodeURIComponent(work)}/diff?against=reviewed`);
  // Its line is there before its words: nothing below moves when they come.
  if (since.kind !== "ready") return <p class="hint">{since.kind === "loading" ? "\u00A0" : ""}</p>;
  const { text, isWider } = said(since.value);
  return <p class={isWider ? "hint text bad" : "hint"}>{text}</p>;
};

const said = (since: PacketChanges): { readonly text: string; readonly isWider: boolean } => {
  switch (since.kind) {
    case "never-approved":
    case "never-reviewed":
      return { text: "never reviewed by you", isWider: false };
    case "no-contract":
      return { text: "says no contract now", isWider: false };
    case "compared": {
      const { changes, class: gravest } = since;
      if (gravest === "same") return { text: "as you reviewed it", isWider: false };
      if (changes.length === 0) return { text: "other words since you looked, the same contract", isWider: false };
      const wider = changes.filter((change) => change.class === "widens").length;
      const count = `${changes.length} ${changes.length === 1 ? "change" : "changes"} since you looked`;
      if (wider === 0) return { text: `${count}, none widens`, isWider: false };
      return {
        text: `${count}, ${wider === changes.length ? allOf(wider) : `${wider} of them`} widen${wider === 1 ? "s" : ""}`,
        isWider: true,
      };
    }
  }
};

const allOf = (count: number): string => (count === 1 ? "it" : count === 2 ? "both" : "all");
