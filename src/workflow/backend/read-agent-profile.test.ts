import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { fillPlaces, type ProfilePlaces } from "./agent-profile.ts";
import { readAgentProfile, type ProfileText } from "./read-agent-profile.ts";

const PLAIN = {
  id: "plain",
  kind: "acp",
  tier: "light",
  package: "plain-agent",
  version: "1.2.3",
  command: "${NODE}",
  args: ["${AGENTS}/plain-agent/index.js"],
  env: { A: "1", B: "2" },
  dialect: "chat",
  projectConfig: { off: "nothing", paths: [".claude/"], prose: [] },
  mediation: "observe",
};

const texts =
  (profiles: Readonly<Record<string, unknown>>): ProfileText =>
  async (id) => {
    const found = profiles[id];
    return found === undefined ? "absent" : Buffer.from(typeof found === "string" ? found : JSON.stringify(found));
  };

const read = (profiles: Readonly<Record<string, unknown>>, id = "plain") => readAgentProfile(id, texts(profiles));

test("a profile is read as it stands", async () => {
  expect(await read({ plain: PLAIN })).toMatchObject({ ok: true, value: { id: "plain", env: { A: "1", B: "2" } } });
});

test("records merge, lists replace, null removes, and what was observed is nobody's to inherit", async () => {
  const parent = { ...PLAIN, mediation: "full", observed: { edit: { asked: 1 } } };
  const child = {
    id: "child",
    extends: "plain",
    env: { B: null, C: "3" },
    args: ["x"],
    observed: { edit: { asked: 2 } },
  };
  expect(await read({ plain: parent, child }, "child")).toMatchObject({
    ok: true,
    value: { id: "child", env: { A: "1", C: "3" }, args: ["x"], observed: { edit: { asked: 2 } } },
  });
  const silent = { id: "child", extends: "plain" };
  expect(await read({ plain: parent, child: silent }, "child")).toMatchObject({ ok: false });
});

test.each<[string, Readonly<Record<string, unknown>>, string?]>([
  ["a field that nobody knows", { plain: { ...PLAIN, approve: "all" } }],
  ["a range for a pin", { plain: { ...PLAIN, version: "^1.2.3" } }],
  ["a package without a pin", { plain: { ...PLAIN, version: undefined } }],
  ["a grade that was never observed", { plain: { ...PLAIN, mediation: "full" } }],
  [
    "a path that nothing masks",
    { plain: { ...PLAIN, projectConfig: { off: "nothing", paths: [".claude/", ".own/"], prose: [] } } },
  ],
  ["a file outside its home", { plain: { ...PLAIN, files: [{ path: "/etc/passwd", text: "" }] } }],
  ["a file that climbs", { plain: { ...PLAIN, files: [{ path: "${HOME}/../x", text: "" }] } }],
  ["a variable of no plain name", { plain: { ...PLAIN, env: { "LD_PRELOAD=x": "1" } } }],
  ["a parser where nothing is printed", { plain: { ...PLAIN, parser: "jsonl" } }],
  ["no parser where something is printed", { plain: { ...PLAIN, kind: "command" } }],
  ["another name than its file's", { plain: { ...PLAIN, id: "other" } }],
  ["itself for a parent", { plain: { ...PLAIN, extends: "plain" } }],
  ["a circle of parents", { plain: { ...PLAIN, extends: "b" }, b: { ...PLAIN, id: "b", extends: "plain" } }],
  ["a parent that is not there", { plain: { ...PLAIN, extends: "nobody" } }],
  ["a key twice", { plain: JSON.stringify(PLAIN).replace('"kind"', '"kind":"acp","kind"') }],
  ["no JSON", { plain: "{" }],
  ["a list", { plain: [] }],
  ["nothing at all", {}],
  ["a name that climbs", { "../plain": PLAIN }, "../plain"],
  ["a name of the prototype", {}, "__proto__"],
])("R074 a profile with %s is refused, by its name", async (_, profiles, id) => {
  expect(await read(profiles, id)).toMatchObject({ ok: false, refusals: [{ code: "backend/profile-invalid" }] });
});

const SHIPPED = new URL("../../adapters/backend/profiles/", import.meta.url);

test.each(readdirSync(SHIPPED).map((name) => name.replace(/\.json$/, "")))("profile %s can be read", async (id) => {
  const shipped = await readAgentProfile(id, async (name) => readFileSync(new URL(`${name}.json`, SHIPPED)));
  expect(shipped).toMatchObject({ ok: true, value: { id } });
});

test("what stands for itself is filled in once, and what is not known stays", () => {
  const places: ProfilePlaces = {
    NODE: "/node",
    AGENTS: "${HOME}",
    HOME: "/home/agent",
    WORK: "/workspace",
    MODEL: "http://127.0.0.1:8787",
    MODEL_NAME: "m",
    KEY: "k",
    TOOLS: "/t",
    WORDS: "/w",
    SAID: "",
  };
  expect(fillPlaces("${NODE} ${AGENTS}/x ${toString} ${UNKNOWN}", places)).toBe(
    "/node ${HOME}/x ${toString} ${UNKNOWN}",
  );
});
