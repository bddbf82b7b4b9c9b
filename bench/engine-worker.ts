import { engineIn, type Place } from "./engine-place.ts";

// `engine-worker.ts PLACE NAME MS`: one worker, whose orders wait as a sandbox makes them wait; those of 0 ms do nothing.
const [place = "", name = "", ms = "0"] = process.argv.slice(2);

const engine = engineIn(JSON.parse(place) as Place, name);
const worker = await engine.work(
  () => (ms === "0" ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, Number(ms)))),
  8,
);
process.stdout.write("serves\n");
process.on("SIGTERM", () => {
  void worker.drain(0).then(async () => {
    await engine.close();
    process.exit(0);
  });
});
