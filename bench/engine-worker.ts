import { engineIn } from "./engine-place.ts";

// `engine-worker.ts FOLDER NAME MS`: one worker of the local engine, whose orders wait as a sandbox makes them wait.
const [folder = "", name = "", ms = "0"] = process.argv.slice(2);

const engine = engineIn(folder, name);
const worker = await engine.work(() => new Promise((resolve) => setTimeout(resolve, Number(ms))), 8);
process.stdout.write("serves\n");
process.on("SIGTERM", () => {
  void worker.drain(0).then(() => engine.close());
});
