import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { visibleLines } from "../../../workflow/visible-text.ts";
import { request } from "../ask.ts";
import { Icon } from "../parts/icons.tsx";
import { Panel } from "../parts/panel.tsx";
import { hashOf } from "../run/rehash.ts";

interface Source {
  readonly text: string;
  readonly sha256: string;
  /** When it was hashed here. */
  readonly at: Date;
}

/** The packet's own bytes with their line numbers, hashed in this browser and held against the digest of the page. */
export const SourceView = ({ work, sha256 }: { readonly work: string; readonly sha256: string }): JSX.Element => {
  const [source, setSource] = useState<Source | "loading" | "absent">("loading");
  useEffect(() => {
    const left = new AbortController();
    read(work, left.signal).then(setSource, () => left.signal.aborted || setSource("absent"));
    return () => left.abort();
  }, [work, sha256]);
  if (source === "loading") return <Panel title="Source" aside="Reading the bytes." />;
  if (source === "absent") return <Panel title="Source" aside="The bytes cannot be read now." kind="bad" />;
  const isSame = source.sha256 === sha256;
  const lines = source.text.split("\n");
  return (
    <Panel title="Source" kind={isSame ? "plain" : "bad"} aside={isSame ? "hashed in this browser" : undefined}>
      <p class={`body state ${isSame ? "" : "bad"}`} data-seen={source.at.toISOString()}>
        <Icon name={isSame ? "check" : "cross"} />
        <span>
          {isSame ? "These bytes have the digest shown above." : `These bytes have another digest: ${source.sha256}.`}
        </span>
      </p>
      <div class="lines" role="region" aria-label="The packet's bytes" tabIndex={0}>
        <table>
          <tbody>
            {lines.map((line, place) => (
              <tr key={place} id={`L${place + 1}`}>
                <td class="n">{place + 1}</td>
                <td>
                  <bdi>{visibleLines(line)}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
};

const read = async (work: string, signal: AbortSignal): Promise<Source> => {
  const response = await request(`/api/w/${encodeURIComponent(work)}/source`, { signal });
  if (!response.ok) throw new Error(`the source is not there: ${response.status}`);
  const bytes = await response.arrayBuffer();
  return { text: new TextDecoder().decode(bytes), sha256: await hashOf(bytes), at: new Date() };
};
