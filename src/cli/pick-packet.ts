import type { PacketReading } from "../harness/home/documents.ts";
import { workId } from "../workflow/ids.ts";
import type { Answer } from "./answer.ts";
import { isAnswer, pick } from "./pick.ts";

/** The packet that is meant: by the work item it proposes, by its name, or by its path. */
export const pickPacket = (readings: readonly PacketReading[], given: string): PacketReading | Answer => {
  const names = new Map<string, PacketReading>();
  for (const reading of readings) {
    const { source, read } = reading;
    names.set(source.path, reading);
    names.set(nameOf(source.path), reading);
    if (read.ok) names.set(read.value.packet.work.value, reading);
  }
  // A beginning that is shared by the names of one packet names that packet.
  const begun = new Set([...names].filter(([name]) => name.startsWith(given)).map(([, reading]) => reading));
  const [only, ...others] = begun;
  if (given !== "" && only !== undefined && others.length === 0) return only;
  const [broken, ...more] = workId(given) === undefined ? [] : readings.filter((reading) => mayPropose(reading, given));
  if (begun.size === 0 && broken !== undefined && more.length === 0) return broken;
  const picked = pick({ what: "packet", list: "cto packet list" }, given, [...names.keys()]);
  if (isAnswer(picked)) return picked;
  return names.get(picked) ?? missing();
};

// A packet that does not lint proposes nothing for certain; shown are then its own objections.
const mayPropose = ({ source, read }: PacketReading, work: string): boolean =>
  !read.ok && new TextDecoder().decode(source.bytes).includes(work);

const nameOf = (path: string): string => (path.split("/").at(-1) ?? path).replace(/\.md$/, "").toLowerCase();

const missing = (): never => {
  throw new TypeError("what was picked is there");
};
