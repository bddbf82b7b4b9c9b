import type { JSX } from "preact";

import type { PacketChange } from "../../../harness/objects/packet-changes.ts";
import type { PacketObject } from "../../../harness/objects/packet.ts";
import type { Json } from "../../../workflow/json.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Digest } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { Code, Told } from "../parts/told.tsx";
import { sectionOfField, sectionsOf, type Entry, type Section } from "./sections.ts";

/** The whole packet as a contract, word for word, with what changed since the reader looked last (surface.md 4.2). */
export const ContractView = ({
  title,
  packet: { contract, digests },
  changes,
}: {
  readonly title: string;
  readonly packet: PacketObject;
  readonly changes: readonly PacketChange[];
}): JSX.Element => {
  const sections = sectionsOf(contract);
  return (
    <Panel title={title} id="packet" aside={<Digest sha256={digests.packet} />}>
      <dl class="pairs contract">
        {sections.map((section) => (
          <SectionRows
            key={section.title}
            section={section}
            changes={changes.filter(({ field }) => sectionOfField(sections, field) === section)}
          />
        ))}
      </dl>
    </Panel>
  );
};

const SectionRows = ({
  section: { title, entries, kind },
  changes,
}: {
  readonly section: Section;
  readonly changes: readonly PacketChange[];
}): JSX.Element => {
  const mark = changes.length === 0 ? "" : "changed";
  return (
    <>
      <dt class={mark}>
        {title}
        {[...new Set(changes.map((change) => change.class))].map((one) => (
          <em key={one} class={one}>
            {one === "wording" ? "other words" : one}
          </em>
        ))}
      </dt>
      <dd class={mark}>
        {entries.length === 0 ? <span class="soft">none</span> : <Entries kind={kind} entries={entries} />}
        {changes.length === 0 ? null : <ChangeList changes={changes} />}
      </dd>
    </>
  );
};

const Entries = ({
  kind,
  entries,
}: {
  readonly kind: Section["kind"];
  readonly entries: readonly Entry[];
}): JSX.Element => {
  const rows = entries.map((entry, place) => (
    <li key={place}>
      {entry.kind === "code" ? <Code text={entry.text} /> : <Told text={entry.text} />}
      {entry.note === undefined ? null : <span class="note">{entry.note}</span>}
    </li>
  ));
  if (kind === "numbered") return <ol class="numbered">{rows}</ol>;
  return <ul class={kind === "row" ? "words" : "entries"}>{rows}</ul>;
};

/** Each change with what stood there before and what stands there now. */
export const ChangeList = ({ changes }: { readonly changes: readonly PacketChange[] }): JSX.Element => (
  <ul class="changes">
    {changes.map(({ field, class: kind, before, after }, place) => (
      <li key={place}>
        <span class={`change-class ${kind}`}>{kind === "wording" ? "other words" : kind}</span>
        {before === null ? null : (
          <del>
            <span class="unseen">before: </span>
            <Code text={jsonText(before)} />
          </del>
        )}
        {after === null ? null : (
          <ins>
            <span class="unseen">now: </span>
            <Code text={jsonText(after)} />
          </ins>
        )}
        <span class="unseen"> in {visible(field)}</span>
      </li>
    ))}
  </ul>
);

const jsonText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
