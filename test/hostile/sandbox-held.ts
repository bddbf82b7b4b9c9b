import { makeHost } from "./sandbox-fixture.ts";
import { namespacesOf } from "./sandbox-processes.ts";

// A Harness with an open stage and a daemon in it, for somebody who kills it without a warning.
if (import.meta.main) {
  const host = await makeHost();
  const { stage } = await host.openStage();
  const script = "trap '' TERM; (trap '' TERM; setsid sleep 600 >/dev/null 2>&1 &); echo ready; sleep 600";
  const one = await stage.start(["/bin/bash", "-c", script], {});
  const namespaces = [...(await namespacesOf(one))];
  console.log(JSON.stringify({ namespaces, uid: stage.description.uid, folder: host.folder }));
  await one.ended;
}
