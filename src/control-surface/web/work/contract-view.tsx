import type { JSX } from "preact";

import type { PacketView } from "../../../harness/objects/view.ts";
import type { ViewSection } from "../../../workflow/contract/contract-view.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Copy } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { Told } from "../parts/told.tsx";
import { ChangeList, CLASS_WORDS, type Change } from "./change-list.tsx";

/** The whole contract, word for word as the command line shows it, with what changed since the reader's last review. */
export const ContractView = ({
  title,
  view: { sections, mark, digests, text, sha256 },
  changes,
}: {
  readonly title: string;
  readonly view: PacketView;
  readonly changes: readonly Change[];
}): JSX.Element => (
  <Panel
    title={title}
    id="packet"
    aside={
      <>
        <strong class="mono digest-words">{mark.words}</strong> <Copy text={digests["packet"] ?? ""} shown={mark.hex} />
      </>
    }
  >
    <dl class="pairs contract">
      {sections.map((section, place) => (
        <SectionRows
          key={place}
          section={section}
          changes={changes.filter(({ field }) => sectionOf(sections, field) === section)}
        />
      ))}
    </dl>
    <details class="whole">
      <summary>The same as one text, whose digest is signed</summary>
      <p class="body hint">
        SHA-256 <Copy text={sha256} />
      </p>
      <pre class="lines" role="region" aria-label="The whole text that is signed" tabIndex={0}>
        {text.split("\n").map((line, place) => (
          <bdi key={place}>
            {visible(line)}
            {"\n"}
          </bdi>
        ))}
      </pre>
    </details>
  </Panel>
);

/** A change of what no section names stands in the first: it must not go unseen. */
const sectionOf = (sections: readonly ViewSection[], field: string): ViewSection | undefined =>
  sections.find(({ fields }) => fields.some((one) => one === field)) ?? sections[0];

// Where each letter counts.
const LETTERS: ReadonlySet<string> = new Set([
  "targetRepository",
  "allowedPaths",
  "allowedHosts",
  "forbiddenPaths",
  "forbiddenActions",
  "validation",
  "executionGate",
  "evidenceRequired",
  "requiredApproval",
]);

const SectionRows = ({
  section: { heading, fields, lines },
  changes,
}: {
  readonly section: ViewSection;
  readonly changes: readonly Change[];
}): JSX.Element => {
  const mark = changes.length === 0 ? "" : "changed";
  const [, name = heading, rest = ""] = /^([^:,(]+)[:,]?(.*)$/.exec(heading) ?? [];
  const isLetters = fields.some((field) => LETTERS.has(field)) || (fields.length === 0 && name.startsWith("Digests"));
  return (
    <>
      <dt class={mark}>
        {visible(name)}
        {rest === "" ? null : <span class="note">{visible(rest.trim())}</span>}
        {[...new Set(changes.map((change) => change.class))].map((one) => (
          <em key={one} class={one}>
            {CLASS_WORDS[one]}
          </em>
        ))}
      </dt>
      <dd class={mark}>
        {lines.length === 0 ? <span class="soft">none</span> : null}
        <ul class={isLetters ? "entries mono" : "entries"}>
          {lines.map((line, place) => (
            <li key={place} class={isNew(line, changes) ? "fresh" : ""}>
              <Told text={line} />
            </li>
          ))}
        </ul>
        {changes.length === 0 ? null : <ChangeList changes={changes} />}
      </dd>
    </>
  );
};

/** Whether a line is an entry that was not there before; the number of its line in the packet stands behind it. */
const isNew = (line: string, changes: readonly Change[]): boolean =>
  changes.some(({ after }) => typeof after === "string" && (line === after || line.startsWith(`${after}    (line `)));
