import type { AuditPage } from "../harness/objects/audit.ts";
import type { DoctorCheck } from "../harness/objects/doctor.ts";
import type { PacketChanges } from "../harness/objects/packet-changes.ts";
import type { Reading } from "../harness/reading/reading.ts";
import { digestOf, parseDigest } from "../workflow/digest.ts";
import { parseRunId, workId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import { LIMITS } from "../workflow/limits.ts";
import { refusal } from "../workflow/refusal.ts";
import type { Api, RunsPage, WorkPage } from "./api.ts";
import { object, refused, sought, type Asked, type Refused, type Reply, type Route } from "./reply.ts";

/** Every address that reads; each object is the one that the reading verbs answer (surface.md 4.5). */
export const readRoutes = (reading: Reading, examine: () => Promise<readonly DoctorCheck[]>): readonly Route[] => [
  route("/api/status", ["needs"], async ({ query }) => object(await reading.status(query["needs"]))),
  route("/api/packets", ["state"], async ({ query }) => object({ packets: await reading.packets(query["state"]) })),
  route("/api/works", ["state"], async ({ query }) => object({ works: await reading.works(query["state"]) })),
  route("/api/approvals", [], async () => object({ approvals: await reading.approvals() })),
  route("/api/targets", [], async () => object({ targets: await reading.targets() })),
  route("/api/targets/:name", [], async ({ name }) => sought(await reading.target(name), "target", name, object)),
  route("/api/explain/:name", [], ({ name }) => Promise.resolve(sought(reading.explain(name), "code", name, object))),
  route("/api/doctor", [], async () => object({ checks: await examine() })),
  route("/api/workers", [], async () => object(await reading.workers())),
  route("/api/authority", [], async () => object(await reading.authority())),
  route("/api/hostile", [], async () => object(await reading.hostile())),
  route("/api/notices", ["limit"], async ({ page }) => object(await reading.notices(page.limit))),
  route("/api/audit", ["after", "limit", "work", "run"], (asked) => auditReply(reading, asked)),
  route("/api/w/:name", [], async ({ name }) => workReply(reading, name)),
  route("/api/w/:name/source", [], async ({ name }) =>
    sought(await reading.packetSource(name), "work item", name, (bytes) => ({
      kind: "bytes",
      name: `${name}.md`,
      bytes,
      sha256: digestOf(bytes),
    })),
  ),
  route("/api/w/:name/diff", ["against"], (asked) => changesReply(reading, asked)),
  route("/api/runs", ["state", "work", "target", "since", "cursor", "limit"], (asked) => runsReply(reading, asked)),
  route("/api/r/:name", [], async ({ name }) => sought(await reading.run(name), "run", name, object)),
  route("/api/r/:name/events", ["after", "limit", "types"], async ({ name, query, page: { after, limit } }) => {
    const types = query["types"]?.split(",");
    // The facts are numbered from 0: only a reader who names none before it wants that one.
    const page = { after: query["after"] === undefined ? -1 : after, limit, ...(types === undefined ? {} : { types }) };
    return sought(await reading.events(name, page), "run", name, object);
  }),
  route("/api/r/:name/diff", [], async ({ name }) => sought(await reading.diff(name), "sealed run", name, object)),
  route("/api/r/:name/diff/lines", ["file"], async ({ name, query: { file } }) => {
    const what = file === undefined ? "sealed run" : "changed file";
    return sought(await reading.diffLines(name, file), what, file ?? name, object);
  }),
  route("/api/r/:name/log", ["stage", "grep", "stream", "failed", "after", "limit"], async ({ name, query, page }) => {
    const { stage, grep, stream, failed } = query;
    if (failed !== undefined && failed !== "1") return wrong("failed", "is nothing but 1");
    const filter = {
      ...(stage === undefined ? {} : { stage }),
      ...(grep === undefined ? {} : { grep }),
      ...(stream === undefined ? {} : { stream }),
      ...(failed === undefined ? {} : { failed: true }),
    };
    return sought(await reading.log(name, filter), "run", name, ({ lines, streams, total }) =>
      object({ lines: lines.slice(page.after, page.after + page.limit), matches: lines.length, streams, total }),
    );
  }),
  route("/api/r/:name/replay", [], async ({ name }) => {
    const [paths, replays] = [await reading.replayPaths(name), await reading.replays(name)];
    return sought(paths, "sealed run", name, (levels) =>
      sought(replays, "run", name, (came) => object({ paths: levels, ...came })),
    );
  }),
  route("/api/r/:name/verify", [], async ({ name }) => sought(await reading.verify(name), "sealed run", name, object)),
  route("/api/r/:name/evidence", [], async ({ name }) =>
    sought(await reading.evidence(name), "sealed run", name, (files) => object({ files })),
  ),
  route("/api/r/:name/evidence/:part", ["sha256"], (asked) => artifactReply(reading, asked)),
];

const route = <Path extends keyof Api>(
  path: Path,
  query: readonly string[],
  answer: (asked: Asked) => Promise<Reply<Api[Path]>>,
): Route => ({ path: WITH_SLASHES.has(path) ? `${path}{.+}` : path, query, answer });

const WITH_SLASHES: ReadonlySet<string> = new Set([
  "/api/explain/:name",
  "/api/r/:name/evidence/:part",
] satisfies (keyof Api)[]);

const workReply = async (reading: Reading, name: string): Promise<Reply<WorkPage>> => {
  const work = await reading.work(name);
  if (!work.found) return refused(refusal("surface/nothing-there", { what: "work item", name }), work.near);
  const ofWork = await reading.approvals(name);
  return object({
    work: work.value,
    packet: valueOf(await reading.packet(name)),
    view: valueOf(await reading.view(name)),
    gate: valueOf(await reading.gate(name)),
    approval: ofWork.at(-1) ?? null,
    sinceReviewed: valueOf(await reading.packetChanges(name, "reviewed")),
  });
};

const valueOf = <T>(found: { readonly found: true; readonly value: T } | { readonly found: false }): T | null =>
  found.found ? found.value : null;

const changesReply = async (reading: Reading, { name, query }: Asked): Promise<Reply<PacketChanges>> => {
  const { against = "approved" } = query;
  const isWord = against === "approved" || against === "reviewed";
  const isWork = workId(against) !== undefined;
  if (!isWord && !isWork && parseRunId(against) === undefined)
    return wrong("against", "is neither approved, reviewed, a run nor a work item");
  const changes = await reading.packetChanges(name, isWord ? against : isWork ? { work: against } : { run: against });
  return sought(changes, "work item or run", isWord ? name : `${name} or ${against}`, object);
};

const auditReply = async (reading: Reading, { query, page }: Asked): Promise<Reply<AuditPage>> => {
  const ofWork = query["work"];
  const work = ofWork === undefined ? undefined : workId(ofWork);
  if (ofWork !== undefined && work === undefined) return wrong("work", "is no work id");
  const ofRun = query["run"];
  const run = ofRun === undefined ? undefined : parseRunId(ofRun);
  if (ofRun !== undefined && run === undefined) return wrong("run", "is no run id");
  return object(
    await reading.audit(page, { ...(work === undefined ? {} : { work }), ...(run === undefined ? {} : { run }) }),
  );
};

const runsReply = async (reading: Reading, { query, page: { limit } }: Asked): Promise<Reply<RunsPage>> => {
  const { state, work: ofWork, target, since, cursor } = query;
  const work = ofWork === undefined ? undefined : workId(ofWork);
  if (ofWork !== undefined && work === undefined) return wrong("work", "is no work id");
  const after = cursor === undefined ? undefined : parseRunId(cursor);
  if (cursor !== undefined && after === undefined) return wrong("cursor", "is none that was given");
  const from = since === undefined ? undefined : Date.parse(since);
  if (from !== undefined && !Number.isFinite(from)) return wrong("since", "is no time");
  const { runs, total } = await reading.runs({
    ...(target === undefined ? {} : { target }),
    ...(from === undefined ? {} : { since: timeText(from) }),
    ...(state === undefined ? {} : { state }),
    ...(work === undefined ? {} : { work }),
    ...(after === undefined ? {} : { after }),
    limit: limit + 1,
  });
  const shown = runs.slice(0, limit);
  const last = shown.at(-1)?.run;
  return object({ runs: shown, total, ...(runs.length > limit && last !== undefined ? { nextCursor: last } : {}) });
};

const artifactReply = async (reading: Reading, { name, part, query }: Asked): Promise<Reply<"bytes">> => {
  const whole = { offset: 0, length: LIMITS.bundleHeldFileBytesMax };
  const given = query["sha256"];
  if (given !== undefined && parseDigest(given) === undefined) return wrong("sha256", "is no digest");
  return sought(await reading.artifact(name, part, whole), "artifact", `${name}/${part}`, ({ bytes, sha256 }) =>
    given === undefined || given === sha256
      ? { kind: "bytes", name: part, bytes, sha256 }
      : refused(refusal("surface/digest-moved", { what: part, now: sha256, given })),
  );
};

const wrong = (name: string, problem: string): Refused =>
  refused(refusal("surface/wrong-parameter", { name, problem }));
