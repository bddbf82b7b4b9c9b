import type { Attack } from "../../test/hostile/attack.ts";
import { runInside, type HostFixture } from "../../test/hostile/sandbox-fixture.ts";
import { STORIES } from "../../test/hostile/sandbox-stories.ts";
import { tryAttack } from "../../test/hostile/sandbox-trial.ts";
import { judged, type Judged } from "./judged.ts";

export interface AttackRow extends Judged {
  readonly name: string;
}

/** One attack on whatever the host's control starts it in; what it is told of the host stands in the script itself. */
export const attackRow = async (host: HostFixture, attack: Attack): Promise<AttackRow> => {
  const { stage } = await host.openStage();
  const told = { ...host.env, ...SMALL };
  const facts = Object.entries(told).map(([name, value]) => `export ${name}='${value}'`);
  const { out } = await runInside(stage, ["/bin/bash", "-c", `${facts.join("\n")}\n${attack.script}`]);
  const { alive } = await stage.close();
  return { name: attack.name, ...judged(attack, out.replaceAll(host.folder, "HOST"), alive) };
};

/** By the rules of our own suite, which are narrower: exact answers too. */
export const ourRow = async (host: HostFixture, attack: Attack): Promise<AttackRow> => {
  const verdict = await tryAttack(host, attack);
  return verdict === "held"
    ? { name: attack.name, verdict: "held", says: "" }
    : { name: attack.name, verdict: "not held", says: verdict.slice(0, 160) };
};

/** Whether anything that was left running is there after the end; a story of our own suite. */
export const daemonRow = async (host: HostFixture): Promise<AttackRow> => {
  const verdict = await STORIES[DAEMON]?.(host);
  return { name: DAEMON, ...(verdict === "held" ? HELD : { verdict: "not held", says: "daemons went on" }) };
};

const DAEMON = "daemon-outlives-run: daemons in sessions of their own that ignore TERM are dead after the end";
const HELD = { verdict: "held", says: "" } as const;

/** The same deeds, small: nothing here is to take much of the machine. */
const SMALL = { ATTACK_FORKS: "80", ATTACK_FILL: "/tmp /dev/shm .", ATTACK_FILL_MB: "8", ATTACK_FAR: "127.0.0.2" };
