import type { JSX } from "preact";

import type { PacketRow } from "../../../harness/objects/packet.ts";
import type { Api } from "../../api.ts";
import { here, query } from "../navigation.ts";
import { keepList } from "../page-keys.ts";
import { Icon } from "../parts/icons.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Code, Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** Every packet of the home, those that do not lint as well. */
export const Page = (): JSX.Element => {
  const packets = useResource<Api["/api/packets"]>("/api/packets");
  const filter = here.value.query.get("filter") ?? "";
  return (
    <>
      <PageHead
        title="Packets"
        acts={
          <label class="field across">
            Filter
            <input
              type="search"
              data-key="filter"
              value={filter}
              placeholder="id, title, state, path"
              onInput={({ currentTarget }) => query({ filter: currentTarget.value })}
            />
          </label>
        }
      />
      <Shown of={packets} what="the packets">
        {({ packets: all }) => <List all={all} filter={filter} />}
      </Shown>
    </>
  );
};

const List = ({ all, filter }: { readonly all: readonly PacketRow[]; readonly filter: string }): JSX.Element => {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter((row) => {
    const text = [row.work, row.title, row.state, row.word, row.path].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  keepList(shown.flatMap(({ work }) => (work === undefined ? [] : [addressOf(work)])));
  const count = shown.length === all.length ? `${all.length}` : `${shown.length} of ${all.length}`;
  return (
    <Panel title="In .sot/03-PROTOCOLS" aside={count}>
      {all.length === 0 ? <Empty>No packets in .sot/03-PROTOCOLS.</Empty> : null}
      {all.length > 0 && shown.length === 0 ? <Empty>No packet matches the filter.</Empty> : null}
      <ul class="rows">
        {shown.map((row) => (
          <li key={row.path}>
            {row.work === undefined ? (
              <div class="row">
                <Row row={row} />
              </div>
            ) : (
              <a href={addressOf(row.work)} data-row>
                <Row row={row} />
              </a>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
};

const addressOf = (work: string): string => `/w/${encodeURIComponent(work)}`;

const Row = ({
  row: { work, title, state, word, path, errors, warnings },
}: {
  readonly row: PacketRow;
}): JSX.Element => (
  <>
    <div class="grow">
      <p class="row-title">
        <span class="mono">{work ?? "no work item"}</span> <Told text={title ?? ""} />
      </p>
      <p class="hint">
        <Code text={path} />
      </p>
    </div>
    <Findings errors={errors} warnings={warnings} />
    <div class="row-state">
      {state === undefined || word === undefined ? (
        <span class="soft">Proposes no work item</span>
      ) : (
        <StateWord state={state} word={word} />
      )}
    </div>
  </>
);

const Findings = ({ errors, warnings }: { readonly errors: number; readonly warnings: number }): JSX.Element => (
  <div class="findings">
    {errors === 0 ? (
      <span class="soft">0 errors,</span>
    ) : (
      <span class="state bad">
        <Icon name="cross" />
        <span>{counted(errors, "error")},</span>
      </span>
    )}{" "}
    <span class="soft">{counted(warnings, "warning")}</span>
  </div>
);

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
