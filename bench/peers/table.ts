import { tell } from "../measure.ts";
import type { AttackRow } from "./attack-rows.ts";
import { peerVersions } from "./install.ts";
import type { Played } from "./played.ts";
import { PEERS } from "./runners.ts";

/** Attack by peer, in Markdown: what held, what did not and by what, what does not apply or could not be tried. */
export const tellTable = (columns: ReadonlyMap<string, Played>): void => {
  const versions = peerVersions();
  const ids = [...columns.keys()];
  const heads = ids.map((id) => headOf(id, versions));
  const names =
    [...columns.values()].flatMap((played) => ("unable" in played ? [] : [played.map(({ name }) => name)]))[0] ?? [];
  const rows = names.map((name) => `| ${cell(name)} | ${ids.map((id) => cellOf(columns.get(id), name)).join(" | ")} |`);
  const sums = ids.map((id) => sumOf(columns.get(id)));
  const lines = [
    `| | ${heads.join(" | ")} |`,
    `|---|${ids.map(() => "---|").join("")}`,
    ...rows,
    `| **held, of those that apply and ran** | ${sums.join(" | ")} |`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  tell({ kind: "table", title: "Attacks", lines });
  const setUps = PEERS.map((peer) => `- **${peer.name}${versionOf(peer.package, versions)}**: ${peer.setUp}`);
  process.stdout.write(`${setUps.join("\n")}\n`);
  tell({ kind: "table", title: "How each was set up", lines: setUps });
};

const headOf = (id: string, versions: Readonly<Record<string, string>>): string => {
  const peer = PEERS.find((one) => one.id === id);
  return peer === undefined ? "CTO Harness, full stage" : `${peer.name}${versionOf(peer.package, versions)}`;
};

const versionOf = (name: string | undefined, versions: Readonly<Record<string, string>>): string =>
  name === undefined ? "" : ` ${versions[name] ?? ""}`;

const cellOf = (played: Played | undefined, name: string): string => {
  if (played === undefined || "unable" in played) return "could not run here";
  const row = played.find((one) => one.name === name);
  if (row === undefined) return "could not run here";
  return row.verdict === "held"
    ? "held"
    : `${row.verdict === "not held" ? "**not held**" : row.verdict}: ${cell(row.says)}`;
};

const sumOf = (played: Played | undefined): string => {
  if (played === undefined || "unable" in played) return `could not run here: ${played?.unable ?? ""}`;
  const of = (verdict: AttackRow["verdict"]): number => played.filter((row) => row.verdict === verdict).length;
  return `${of("held")} of ${of("held") + of("not held")}`;
};

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
