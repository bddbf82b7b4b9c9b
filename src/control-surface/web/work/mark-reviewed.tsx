import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import type { WriteApi } from "../../api.ts";
import { tell, type Answer } from "../ask.ts";
import { live } from "../live.ts";
import { Refused } from "./refused.tsx";

type Reviewed = WriteApi["/api/w/:name/reviewed"];

/** Says that these very bytes were read. It approves nothing: later changes are counted from here. */
export const MarkReviewed = ({ work, sha256 }: { readonly work: string; readonly sha256: string }): JSX.Element => {
  const answer = useSignal<Answer<Reviewed["answer"]> | undefined>(undefined);
  const mark = async (): Promise<void> => {
    const given: Reviewed["given"] = { packetSha256: sha256 };
    answer.value = await tell<Reviewed["answer"]>(`/api/w/${encodeURIComponent(work)}/reviewed`, given);
  };
  return (
    <div class="stack tight">
      <button type="button" class="quiet" disabled={live.value !== "live"} onClick={() => void mark()}>
        Mark as reviewed
      </button>
      <p class="hint" role="status">
        {answer.value?.ok === true ? (
          <span data-event={answer.value.value.seq}>
            Marked as read. <span class="seq">#{answer.value.value.seq}</span>
          </span>
        ) : (
          "Approves nothing; changes are counted from the bytes that you marked last."
        )}
      </p>
      {answer.value?.ok === false ? <Refused problem={answer.value.problem} /> : null}
    </div>
  );
};
