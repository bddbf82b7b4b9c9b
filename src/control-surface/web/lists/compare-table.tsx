import type { JSX } from "preact";

import { Empty } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { isSame, type Compared } from "./compared.ts";

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
  const differing = rows.filter((row) => !isSame(row));
  const same = rows.filter(isSame);
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
          {[...differing, ...same].map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <Told text={row.name} />
              </th>
              <Side own={row.a} other={row.b} />
              <Side own={row.b} other={row.a} />
              <td class={isSame(row) ? "soft" : "warn"}>{soOf(row, [nameA, nameB])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <Empty>Nothing to compare.</Empty> : null}
    </div>
  );
};

const soOf = (row: Compared, [nameA, nameB]: readonly [string, string]): string => {
  if (row.a === undefined) return `only in ${nameB}`;
  if (row.b === undefined) return `only in ${nameA}`;
  return isSame(row) ? "same" : "differs";
};

const Side = ({
  own,
  other,
}: {
  readonly own: readonly string[] | undefined;
  readonly other: readonly string[] | undefined;
}): JSX.Element => (
  <td>
    {own === undefined ? (
      <span class="soft">not known</span>
    ) : own.length === 0 ? (
      <span class="soft">none</span>
    ) : (
      <ul>
        {own.map((line, n) => (
          <li key={n} class={other === undefined || other.includes(line) ? "" : "only-here"}>
            <Code text={line} />
            {other === undefined || other.includes(line) ? null : <span class="unseen"> only here</span>}
          </li>
        ))}
      </ul>
    )}
  </td>
);
