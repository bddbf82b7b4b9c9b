import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { compose, makeDemoGround, makeHome } from "../../compose.ts";
import type { World } from "../../harness/world.ts";
import { switchesOf } from "../../workflow/gate/switches.ts";
import { timeText } from "../../workflow/instant.ts";
import { POLICY_PATH } from "../../workflow/read-policy.ts";
import type { HostileCase } from "./case-form.ts";
import { ADMISSION, OWNER, packetOf, replaced, WORK } from "./packet.ts";
import { PATH, type Surroundings } from "./surroundings.ts";
import { HONEST, targetFiles } from "./target-files.ts";

/** Where one case plays: a home, an owner's key, a target with something to lose, and what must stay untouched. */
export interface Field {
  readonly root: string;
  readonly home: string;
  readonly target: string;
  readonly key: string;
  /** Holds the one file `victim`; whatever planted runs on the host leaves a file here. */
  readonly canary: string;
  /** Stands in the target's ignored `.env`; nothing that a run leaves may hold it. */
  readonly secret: string;
  readonly world: World;
  /** What host acts and attacks are told. */
  readonly facts: Readonly<Record<string, string>>;
  /** The environment of a host act. */
  readonly shell: Readonly<Record<string, string>>;
}

export const openField = async (one: HostileCase, surroundings: Surroundings): Promise<Field> => {
  const secret = `cto-canary-${randomBytes(12).toString("hex")}`;
  const folder = path.join(surroundings.folder, one.id);
  const made = await makeDemoGround(folder, targetFiles(secret, one.field.files));
  const { target, key } = made;
  const root = path.dirname(target);
  const home = path.join(root, "home");
  const canary = path.join(root, "canary");
  await mkdir(canary);
  await chmod(canary, 0o777);
  await writeFile(path.join(canary, "victim"), "orig\n", { mode: 0o666 });
  await makeHome({ folder: home, owner: OWNER, publicKey: made.publicKey });
  const policy = path.join(home, POLICY_PATH);
  await writeFile(policy, replaced(await readFile(policy, "utf8"), one.field.policy, "policy.yaml"));
  const environment = operatorsEnvironment(one, root);
  const world = await compose({ home, environment, terminal: false, mode: "write" });
  const packet = packetOf(one, target, timeText(world.clock.now().epochMs).slice(0, 10));
  const facts = {
    ...surroundings.facts,
    ATTACK_HOST: root,
    ATTACK_TARGET: target,
    ATTACK_HOME: home,
    ATTACK_CANARY: canary,
    ATTACK_KEY: key,
  };
  const steps = { steps: stepsOf(one, facts) };
  const write = (place: string, text: string): Promise<unknown> =>
    world.home.write(place, new TextEncoder().encode(text), "absent");
  await write(packet.path, packet.text);
  await write(".sot/authority/steps.json", `${JSON.stringify(steps)}\n`);
  return {
    root,
    home,
    target,
    key,
    canary,
    secret,
    world,
    facts,
    shell: {
      ...environment,
      ...facts,
      PATH: `${await layProgram(root)}:${PATH}`,
      GOVERNED: home,
      TARGET: target,
      CANARY: canary,
      KEY: key,
      WORK,
      ROOT: root,
      PACKET: path.join(home, packet.path),
      ADMISSION: path.join(home, ADMISSION),
    },
  };
};

const operatorsEnvironment = ({ environment }: HostileCase, root: string): Readonly<Record<string, string>> => {
  const { allow, stage, admissionFile } = switchesOf("scripted");
  const all = { [allow]: "1", [stage]: "5", [admissionFile]: ADMISSION, HOME: root, ...environment };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
};

/** `cto` as a command: this very program, from the same files as this one, over the home of the case. */
const layProgram = async (root: string): Promise<string> => {
  const folder = path.join(root, "bin");
  const main = pathToFileURL(path.join(import.meta.dirname, `../main${path.extname(import.meta.filename)}`)).href;
  await mkdir(folder);
  await writeFile(path.join(folder, "cto.mjs"), `import { main } from ${JSON.stringify(main)};\nawait main();\n`);
  const start = `#!/bin/sh\nexec '${process.execPath}' '${folder}/cto.mjs' --home "$GOVERNED" "$@"\n`;
  await writeFile(path.join(folder, "cto"), start, { mode: 0o755 });
  return folder;
};

/** A script is one step that cannot fail by itself; what it prints tells what it tried. */
const stepsOf = ({ steps, script }: HostileCase, facts: Readonly<Record<string, string>>): readonly unknown[] => {
  if (script !== "") return [{ bash: `{ ${preamble(facts)}\n${script}\n} 2>&1; exit 0` }];
  const filled = JSON.stringify(steps).replaceAll(/\{\{([A-Z_]+)\}\}/g, (_, name: string) => {
    const value = facts[name] ?? PIECES[name];
    if (value === undefined) throw new TypeError(`no fact is called ${name}`);
    return JSON.stringify(value).slice(1, -1);
  });
  const filledSteps: unknown = JSON.parse(filled);
  return Array.isArray(filledSteps) ? filledSteps.map((step: unknown) => (step === "HONEST" ? HONEST : step)) : [];
};

// Facts of another name than those of the field: what has to stand in a step literally, and is long.
const PIECES: Readonly<Record<string, string>> = { WORK };

/** What every attack script begins with: its facts, and the one way to say that it got what it wanted. */
export const preamble = (facts: Readonly<Record<string, string>>): string =>
  [
    ...Object.entries(facts).map(([name, value]) => `export ${name}='${value}'`),
    'escaped() { echo "ESCAPED $*"; }',
    `leaks() { grep -qsa 'cto-canar[y]-' "$@" && escaped "read $*"; return 0; }`,
    `by_number() { perl -e 'my @a = map { /^-?[0-9]+$/ ? $_+0 : $_ } @ARGV; my $r = syscall(shift @a, @a); print $r == -1 ? $!+0 : "done"' "$@"; }`,
  ].join("\n");
