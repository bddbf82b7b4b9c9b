import { execFileSync } from "node:child_process";
import { connect } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { plant, type Planted } from "./planted.ts";
import { DRIVERS, ordersText, type Order } from "./run-driver.ts";

let planted: Planted;
beforeAll(async () => {
  planted = await plant(process.getuid?.() ?? 0);
});
afterAll(async () => planted.remove());

const call = (driver: readonly [string, ...string[]], op: Order["op"]): void => {
  const [program, ...rest] = driver;
  execFileSync(program, rest, { input: ordersText([{ what: "call", op }]) });
};

test.each(DRIVERS.flatMap((driver) => ["tcp", "unix", "abstract"].map((way) => [driver[0], way, driver] as const)))(
  "a probe of %s that gets through by %s has said who it is",
  async (program, way, driver) => {
    const name = `.cto-canary-${program.replaceAll("/", "-")}-${way}`;
    expect(await planted.wasCalledBy(name)).toBe(false);
    const place = { tcp: ["127.0.0.1", planted.port], unix: [planted.socket], abstract: [planted.abstract] }[way] ?? [];
    call(driver, [way, ...place, name]);
    expect(await planted.wasCalledBy(name)).toBe(true);
  },
);

test("whoever else on this machine calls a listener is no probe", async () => {
  const stranger = connect({ host: "127.0.0.1", port: planted.port });
  await new Promise<void>((resolve) => stranger.write("GET / HTTP/1.1\r\n\r\n", () => resolve()));
  expect(await planted.wasCalledBy(".cto-canary-other")).toBe(false);
  expect([...(await planted.control()).values()].every(Boolean)).toBe(true);
  stranger.destroy();
});
