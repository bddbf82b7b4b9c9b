import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { request } from "../ask.ts";
import { Icon } from "../parts/icons.tsx";
import { Panel } from "../parts/panel.tsx";
import { NumberedLines } from "../run/numbered-lines.tsx";
import { hashOf } from "../run/rehash.ts";

interface Source {
  readonly lines: readonly string[];
  readonly sha256: string;
  /** When it was hashed here. */
  readonly at: Date;
}

/** The packet's own bytes with their line numbers, hashed in this browser and held against the digest of the page. */
export const SourceView = ({ work, sha256 }: { readonly work: string; readonly sha256: string }): JSX.Element => {
  const [source, setSource] = useState<Source | "loading" | "absent">("loading");
  useEffect(() => {
    const left = new AbortController();
    setSource("loading");
    read(work, left.signal).then(setSource, () => left.signal.aborted || setSource("absent"));
    return () => left.abort();
  }, [work, sha256]);
  if (source === "loading") return <Panel title="Source" aside="Reading the bytes." />;
  if (source === "absent") return <Panel title="Source" aside="The bytes cannot be read now." kind="bad" />;
  const isSame = source.sha256 === sha256;
  return (
    <Panel title="Source" kind={isSame ? "plain" : "bad"} aside={isSame ? "hashed in this browser" : undefined}>
      <p class={`body state ${isSame ? "" : "bad"}`} data-seen={source.at.toISOString()}>
        <Icon name={isSame ? "check" : "cross"} />
        <span>
          {isSame ? "These bytes have the digest shown above." : `These bytes have another digest: ${source.sha256}.`}
        </span>
      </p>
      <NumberedLines lines={source.lines} label="The packet's bytes" anchors="linked" />
    </Panel>
  );
};

const read = async (work: string, signal: AbortSignal): Promise<Source> => {
  const response = await request(`/api/w/${encodeURIComponent(work)}/source`, { signal });
  if (!response.ok) throw new Error(`the source is not there: ${response.status}`);
  const bytes = await response.arrayBuffer();
  return { lines: new TextDecoder().decode(bytes).split("\n"), sha256: await hashOf(bytes), at: new Date() };
};
