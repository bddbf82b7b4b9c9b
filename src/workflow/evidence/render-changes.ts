import { plain, section, table } from "./markdown.ts";
import type { LineRange } from "./patch-hunks.ts";
import type { Report } from "./schemas/report.ts";

/** The changed paths with their verdicts, then the changed lines with what permits and what names them (R118). */
export const renderChanges = ({ changes, lines, commit }: Report): readonly string[] => [
  ...section("Changes", [
    ...(commit === null
      ? changes.length === 0
        ? []
        : ["Nothing of this was committed.", ""]
      : [
          `Commit ${plain(commit.id)} on ${plain(commit.ref)}, parent ${plain(commit.base)}, tree ${plain(commit.tree)}.`,
          "",
        ]),
    ...(changes.length === 0
      ? []
      : table(
          ["Path", "Change", "Verdict", "Rule", "Packet line"],
          changes.map(({ path, change, verdict, rule, packetLine }) => [
            plain(path),
            plain(change),
            verdict === "allowed" ? "allowed" : `**${plain(verdict)}**`,
            plain(rule),
            packetLine === null ? "" : String(packetLine),
          ]),
        )),
  ]),
  ...section(
    "Changed lines",
    lines.length === 0
      ? []
      : table(
          ["Path", "Lines", "Permitted by", "Named by", "Touched in events"],
          lines.map(({ path, ranges, binary, allowedBy, criteria, events }) => [
            plain(path),
            binary ? "binary" : ranges.map(rangeText).join(", "),
            allowedBy === null ? "**nothing**" : plain(allowedBy),
            criteria.length === 0 ? "no criterion" : criteria.map(plain).join(", "),
            events.length === 0 ? "none recorded" : events.join(", "),
          ]),
        ),
  ),
];

const rangeText = ({ oldStart, oldLines, newStart, newLines }: LineRange): string =>
  `${oldStart},${oldLines} to ${newStart},${newLines}`;
