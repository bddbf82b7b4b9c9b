import { digestOf } from "../../workflow/digest.ts";
import { switchesOf } from "../../workflow/gate/switches.ts";
import { SERVICES_PATH } from "../../workflow/home-services.ts";
import { isPlainValue, maySet, settingsOf } from "../../workflow/policy-settings.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { BACKEND_KINDS } from "../../workflow/vocabulary.ts";
import { readApprovals } from "../approval/read-approvals.ts";
import type { World } from "../world.ts";

/** One thing that a home, or whoever gives a command, can be told. */
export interface Setting {
  readonly key: string;
  /** null where it is not told: then the default holds. */
  readonly value: unknown;
  readonly where: string;
  readonly bySet: boolean;
}

/** Everything that can be told, where it stands, and what it says now. No value of a secret is one of these. */
export const readSettings = async (
  world: World,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Setting[]> => {
  const policy = await world.home.read(POLICY_PATH);
  const services = await world.home.read(SERVICES_PATH);
  const ofPolicy = policy === "absent" ? [] : settingsOf(textOf(policy.bytes));
  const ofServices = services === "absent" ? [] : settingsOf(textOf(services.bytes));
  return [
    ...ofPolicy.map(({ key, value, line, column }) => ({
      key,
      value,
      where: `${POLICY_PATH}:${line}:${column}`,
      bySet: maySet(key),
    })),
    ...ofServices.map(({ key, value, line, column }) => ({
      key: `services.${key}`,
      value,
      where: `${SERVICES_PATH}:${line}:${column}`,
      bySet: false,
    })),
    ...VARIABLES.map((key) => ({ key, value: environment[key] ?? null, where: "environment", bySet: false })),
  ];
};

const VARIABLES: readonly string[] = [
  ...BACKEND_KINDS.flatMap((kind) => Object.values(switchesOf(kind))),
  "CTO_HARNESS_CASE_BIN",
  "CTO_HARNESS_AGENTS",
];

/** A change of policy.yaml that is ready to be written, and what it takes with it. */
export interface Change {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly where: string;
  /** Open approvals that are worth nothing any more once it is written. */
  readonly voids: readonly string[];
  readonly write: () => Promise<void>;
}

/** Prepares one change: only the bytes of the one value change, and the whole file is read as the gate reads it. */
export const prepareChange = async (
  world: World,
  key: string,
  value: string,
): Promise<Result<Change, Refusal> | "no-such-key" | "no-plain-value"> => {
  if (!maySet(key)) return refuse(notByCommand(key));
  if (!isPlainValue(value)) return "no-plain-value";
  const source = await world.home.read(POLICY_PATH);
  if (source === "absent") return refuse(refusal("gate/policy-absent", { path: POLICY_PATH }));
  const now = readPolicy(source);
  if (!now.ok) return now;
  const text = textOf(source.bytes);
  const setting = settingsOf(text).find((one) => one.key === key);
  if (setting === undefined || setting.range === "no-scalar") return "no-such-key";
  const [from, to] = setting.range;
  const bytes = new TextEncoder().encode(text.slice(0, from) + value + text.slice(to));
  const then = readPolicy({ path: POLICY_PATH, bytes, digest: digestOf(bytes) });
  if (!then.ok) return then;
  const open = (await readApprovals(world)).filter(({ state }) => state === "open" || state === "waits");
  return ok({
    key,
    before: setting.value,
    after: settingsOf(textOf(bytes)).find((one) => one.key === key)?.value,
    where: `${POLICY_PATH}:${setting.line}:${setting.column}`,
    voids: open.map(({ id }) => id),
    write: async () => {
      const written = await world.home.write(POLICY_PATH, bytes, source.digest);
      await world.store.transact((ledger) =>
        ledger.appendLeaf({
          type: "authority.changed",
          actor: world.operator.user,
          channel: "cli",
          digests: { policy: written.digest },
          detail: { what: `policy.yaml: ${key} is ${value}`, before: source.digest },
        }),
      );
    },
  });
};

const notByCommand = (key: string): Refusal => {
  const [, because, instead] = ELSEWHERE.find(([begins]) => begins.test(key)) ?? [
    key,
    "it says what a run may do, or who decides",
    `cto config where ${/^[\w.-]{1,100}$/.test(key) ? key : "KEY"}, then edit policy.yaml by hand`,
  ];
  return refusal("config/not-by-command", { key, because, instead });
};

const ELSEWHERE: readonly (readonly [begins: RegExp, because: string, instead: string])[] = [
  [/^services\.store/, "the ledger is moved whole or not at all", "cto store copy --to sqlite, or to a database"],
  [/^services/, "it says where bundles are kept", "cto explain archive/none, then edit .cto/services.json by hand"],
  [/^(?:allowed_?signers|signers|revoked_?keys|trust)/, "the owner signs who may sign", "cto keys trust --key KEY"],
  [/^admission/, "the owner signs what is admitted", "cto target admit PATH --key KEY"],
  [/^approval(?:s$|s?\.(?!quorum|eligible|authorMayApprove))/, "the owner signs it", "cto approve WORK-ID --key KEY"],
  [
    /^CTO_HARNESS_/,
    "it is a switch of one command and of nothing that stays",
    "cto gate WORK-ID names those that a run needs",
  ],
];

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
