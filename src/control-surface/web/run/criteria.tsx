import type { ComponentChildren, JSX } from "preact";

import type { RunCriterion } from "../../../harness/objects/run.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Code, Told } from "../parts/told.tsx";
import { isUnfounded, kindOf, lostIn, type CriterionKind } from "./criterion-kinds.ts";
import { recordOf, type Standing } from "./standing.ts";
import { fileAddress } from "./while-open.ts";

const LOOKS: Readonly<Record<CriterionKind, readonly [word: string, tone: string, icon: IconName]>> = {
  proven: ["proven", "ok", "check"],
  eye: ["for your eye", "warn", "clock"],
  unproven: ["unproven", "bad", "cross"],
};

/** Nothing is good before the record that says so. */
const UNSEALED: readonly [tone: string, icon: IconName] = ["neutral", "dash"];

/** The criteria of the contract, word for word, in its order; `children` is what the owner adds to one that is left to him. */
export const Criteria = ({
  standing,
  children,
}: {
  readonly standing: Standing;
  readonly children?: (criterion: RunCriterion) => ComponentChildren;
}): JSX.Element => (
  <ol class="criteria">
    {(standing.run.criteria ?? []).map((criterion, at) => {
      const kind = kindOf(criterion, standing);
      const sealed = recordOf(standing.records, "run.sealed");
      const [word, ...look] = LOOKS[kind];
      const [tone, icon] = kind === "proven" && sealed === undefined ? UNSEALED : look;
      return (
        <li key={criterion.id} data-criterion={criterion.id}>
          <p>
            <span class="soft">{at + 1}</span> <Told text={criterion.text} />
          </p>
          <p class={`state ${tone}`} data-event={kind === "proven" ? sealed?.seq : undefined}>
            <Icon name={icon} />
            <span>{word}</span>
          </p>
          <p class="hint">{isUnfounded(standing) ? lostIn(criterion, standing) : <Told text={criterion.says} />}</p>
          <Cites run={standing.run.run} criterion={criterion} />
          {kind === "eye" ? children?.(criterion) : null}
        </li>
      );
    })}
  </ol>
);

const Cites = ({ run, criterion }: { readonly run: string; readonly criterion: RunCriterion }): JSX.Element => (
  <p class="cites">
    {criterion.cites.map(({ file, line }) => (
      <a key={`${file} ${String(line)}`} href={fileAddress(run, file, line)}>
        <Code text={line === null ? file : `${file} line ${line}`} />
      </a>
    ))}
  </p>
);
