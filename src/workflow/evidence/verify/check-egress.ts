import { z } from "zod";

import { textIn } from "./bytes.ts";
import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";
import { strictJson } from "./strict-json.ts";
import { fail, passUnless, type Check } from "./verdict.ts";

const ID = "egress";
const NAME = /^backend\/(?:attempt-[1-9]\d{0,3}\/)?egress\.jsonl$/;

/** Step 9: a sandbox with a relay left its lines, without a gap, and every answer of a model that the log tells of is one. */
export const checkEgress = ({ files, events, records }: Reading): readonly Check[] => {
  const off = (says: string, file: string): Check => fail(ID, "evidence/proof-contradicted", says, file);
  const read = [...files].filter(([name]) => NAME.test(name)).map(([name, bytes]) => ({ name, lines: linesIn(bytes) }));
  const rows = read.flatMap(({ lines }) => lines ?? []);
  const hadRelay = eventsOf(events, "sandbox.started").some(({ data }) => data["network"] === "relay");
  const answers = eventsOf(events, "model.answered").map(({ data }) => data);
  const isTold = (data: (typeof answers)[number]): boolean =>
    rows.some(
      ({ n, status, request, response }) =>
        n === data["n"] &&
        status === data["status"] &&
        request?.sha256 === data["requestSha256"] &&
        response?.sha256 === data["responseSha256"],
    );
  const granted = records.contract?.allowedHosts ?? [];
  const tunnels = rows.filter(({ channel, verdict }) => channel === "connect" && verdict !== "denied");
  const strange = tunnels.filter(({ host }) => host === undefined || !granted.includes(host));
  const asked = eventsOf(events, "host.asked").filter(({ data }) => data["verdict"] !== "denied");
  const objections = [
    ...strange.map(({ host }) =>
      off(`a line tells of a way to ${JSON.stringify(host)}, which no contract grants`, FILE),
    ),
    ...(asked.length === tunnels.length ? [] : [off("the log tells of another number of ways to hosts", FILE)]),
    ...(hadRelay && read.length === 0 ? [off("the log tells of a relay that left no line", FILE)] : []),
    ...read.flatMap(({ name, lines }) => (lines === undefined ? [off("a line is missing, or is none", name)] : [])),
    ...answers
      .filter((data) => !isTold(data))
      .map((data) => off(`the answer ${JSON.stringify(data["n"])} of the log has no such line`, FILE)),
  ];
  return passUnless(ID, objections, `${rows.length} lines, ${answers.length} answers of a model`);
};

const FILE = "backend/egress.jsonl";

const body = z.object({ sha256: z.string() });
const row = z.object({
  seq: z.int(),
  n: z.int().nullish(),
  channel: z.string().optional(),
  verdict: z.string().optional(),
  host: z.string().optional(),
  status: z.int().optional(),
  request: body.optional(),
  response: body.optional(),
});

/** The lines, each with the number of its place; undefined where one has not. */
const linesIn = (bytes: Uint8Array): readonly z.infer<typeof row>[] | undefined => {
  const text = textIn(bytes);
  if (text === undefined) return undefined;
  if (text === "") return [];
  if (!text.endsWith("\n")) return undefined;
  const rows = text
    .slice(0, -1)
    .split("\n")
    .map((line) => row.safeParse(strictJson(line)?.value));
  const read = rows.flatMap(({ data }) => (data === undefined ? [] : [data]));
  return read.length === rows.length && read.every(({ seq }, at) => seq === at) ? read : undefined;
};
