import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { DoctorCheck } from "../../../harness/objects/doctor.ts";
import type { Api } from "../../api.ts";
import { NEVER } from "../follow.ts";
import { Hostile } from "../lists/hostile.tsx";
import { Notices } from "../lists/notices.tsx";
import { Workers } from "../lists/workers.tsx";
import { Command } from "../parts/copy.tsx";
import { Elapsed } from "../parts/elapsed.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { clockTime } from "../parts/moment.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Trouble } from "../parts/shown.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { Told } from "../parts/told.tsx";
import { useResource } from "../resource.ts";

/** Whether this machine and home are fit for a run: what `cto doctor` says when it is asked from here. */
export const Page = (): JSX.Element => {
  const [round, setRound] = useState(0);
  return (
    <>
      <PageHead
        title="Health"
        acts={
          <button type="button" onClick={() => setRound((now) => now + 1)}>
            Check again
          </button>
        }
      />
      <div class="stack">
        <Doctor key={round} />
        <Workers />
        <Notices />
        <Hostile />
      </div>
    </>
  );
};

const Doctor = (): JSX.Element => {
  const [began] = useState(() => new Date().toISOString());
  const doctor = useResource<Api["/api/doctor"]>("/api/doctor", NEVER);
  if (doctor.kind === "problem") return <Trouble problem={doctor.problem} again={doctor.again} />;
  if (doctor.kind === "loading")
    return (
      <Panel title="Doctor" aside={<Elapsed since={began} />}>
        <Skeleton rows={10}>
          <span>Looking at this machine and home; a sandbox is really started for it.</span>
        </Skeleton>
      </Panel>
    );
  const { checks } = doctor.value;
  const worst = (["fail", "warn", "skip"] as const).flatMap((status) =>
    checks.filter((check) => check.status === status),
  );
  const fine = checks.filter(({ status }) => status === "ok");
  const at = `${clockTime(doctor.at)} UTC`;
  return (
    <Panel
      title="Doctor"
      kind={worst.some(({ status }) => status === "fail") ? "bad" : "plain"}
      aside={<Summary checks={checks} at={at} />}
    >
      <ul class="rows" data-seen={doctor.at.toISOString()}>
        {[...worst, ...fine].map((check) => (
          <li key={check.id}>
            <Row check={check} />
          </li>
        ))}
      </ul>
    </Panel>
  );
};

const Summary = ({ checks, at }: { readonly checks: readonly DoctorCheck[]; readonly at: string }): JSX.Element => {
  const count = (...those: readonly DoctorCheck["status"][]): number =>
    checks.filter(({ status }) => those.includes(status)).length;
  const [bad, unmade] = [count("warn", "fail"), count("skip")];
  const says =
    bad > 0
      ? `${bad} of ${checks.length} checks not ok`
      : unmade > 0
        ? `${count("ok")} checks ok, ${unmade} not made`
        : "All checks ok";
  return (
    <span role="status">
      {says} at {at}
    </span>
  );
};

const ICONS: Readonly<Record<DoctorCheck["status"], IconName>> = {
  ok: "check",
  warn: "warn",
  fail: "cross",
  skip: "dash",
};
const TONES: Readonly<Record<DoctorCheck["status"], string>> = { ok: "ok", warn: "warn", fail: "bad", skip: "neutral" };

const Row = ({ check: { id, status, says, fix } }: { readonly check: DoctorCheck }): JSX.Element => (
  <div class="row check-row">
    <span class={`state ${TONES[status]}`}>
      <Icon name={ICONS[status]} />
      <span>{status}</span>
    </span>
    <code class="check-id">{id}</code>
    <span class="grow">
      <Told text={says} />
      {fix === "" ? null : <Command line={fix} />}
    </span>
  </div>
);
