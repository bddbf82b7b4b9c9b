import type { JSX } from "preact";

import { Empty } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { relationOf, type Compared, type SideOf } from "./compared.ts";

/** Facts of two things beside each other, those that differ first; lines that only one side has are marked. */
export const CompareTable = ({
  names: [nameA, nameB],
  rows,
  label,
}: {
  readonly names: readonly [string, string];
  readonly rows: readonly Compared[];
  readonly label: string;
}): JSX.Element => {
  const isSame = (row: Compared): boolean => relationOf(row) === "same";
  const ordered = [...rows.filter((row) => !isSame(row)), ...rows.filter(isSame)];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="compare">
        <thead>
          <tr>
            <th scope="col">Fact</th>
            <th scope="col">{nameA}</th>
            <th scope="col">{nameB}</th>
            <th scope="col">So</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <Told text={row.name} />
              </th>
              <Side own={row.a} other={row.b} />
              <Side own={row.b} other={row.a} />
              <td class={TONES[relationOf(row)]}>{soOf(row, [nameA, nameB])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <Empty>Nothing to compare.</Empty> : null}
    </div>
  );
};

const TONES = { same: "soft", unknown: "soft", differs: "warn", "only-a": "warn", "only-b": "warn" } as const;

const soOf = (row: Compared, [nameA, nameB]: readonly [string, string]): string =>
  ({
    same: "same",
    differs: "differs",
    unknown: "not known",
    "only-a": `only in ${nameA}`,
    "only-b": `only in ${nameB}`,
  })[relationOf(row)];

const Side = ({ own, other }: { readonly own: SideOf; readonly other: SideOf }): JSX.Element => {
  if (typeof own === "string")
    return (
      <td>
        <span class="soft">{own === "absent" ? "not there" : "not known"}</span>
      </td>
    );
  const isHereAlone = (line: string): boolean => typeof other !== "string" && !other.includes(line);
  return (
    <td>
      {own.length === 0 ? (
        <span class="soft">none</span>
      ) : (
        <ul>
          {own.map((line, n) => (
            <li key={n} class={isHereAlone(line) ? "only-here" : ""}>
              <Code text={line} />
              {isHereAlone(line) ? <span class="unseen"> only here</span> : null}
            </li>
          ))}
        </ul>
      )}
    </td>
  );
};
