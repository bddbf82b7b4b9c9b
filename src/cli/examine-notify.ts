import { channelsOf } from "../harness/notices/read-notices.ts";
import type { World } from "../harness/world.ts";
import { NOTIFY_PATH } from "../workflow/notify-policy.ts";
import type { Finding } from "./examine.ts";

/** What notify.yaml says, and whether each channel could be used; nothing is sent. */
export const examineNotify = async (world: World): Promise<readonly Finding[]> => {
  const guard = await world.home.guard(NOTIFY_PATH);
  const channels = await channelsOf(world);
  const broken = channels.filter(({ problem }) => problem !== "none");
  const found = [
    ...(guard === "group-or-world-writable"
      ? [fail(`${NOTIFY_PATH} can be written by others`, `chmod go-w .cto ${NOTIFY_PATH}`)]
      : []),
    ...broken.map(({ channel, problem }) =>
      fail(`${channel}: ${problem}`, "docs/notifications.md says what has to stand there"),
    ),
    ...(await deadLetters(world)),
  ];
  if (found.length > 0) return found;
  const outward = channels.length - 1;
  const says =
    guard === "absent"
      ? "no notify.yaml: only .cto/notices.jsonl is written"
      : `notify.yaml read, ${outward} ${outward === 1 ? "channel" : "channels"}`;
  return [{ id: "notify", status: "ok", says, fix: "" }];
};

const deadLetters = async ({ store }: World): Promise<readonly Finding[]> => {
  const { dead } = await store.deliveries();
  if (dead === 0) return [];
  const says = `${dead} ${dead === 1 ? "notice" : "notices"} could not be delivered`;
  return [{ id: "notify", status: "warn", says, fix: "cto notices names them" }];
};

const fail = (says: string, fix: string): Finding => ({ id: "notify", status: "fail", says, fix });
