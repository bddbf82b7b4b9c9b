import { compose } from "../src/compose.ts";
import { workId } from "../src/workflow/ids.ts";

// `engine-pending-fill.ts HOME N`: lists N work items that wait for their approval, in a process of its own.
const [home = "", count = "0"] = process.argv.slice(2);

const world = await compose({ home, environment: {}, terminal: false, mode: "write" });
await world.store.transact(async (ledger) => {
  for (let nth = 0; nth < Number(count); nth += 1) {
    const work = workId(`CTO-WORK-${String(nth + 1_000).padStart(5, "0")}`);
    if (work === undefined) throw new Error("no work id");
    await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
  }
});
await world.store.close();
