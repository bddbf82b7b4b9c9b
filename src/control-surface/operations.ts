import type { Hono } from "hono";

import type { Reading } from "../harness/reading/reading.ts";
import { OPEN_METRICS_TYPE, openMetricsText } from "../workflow/open-metrics.ts";

/**
 * What a machine asks that watches over this process: `/healthz` whether it answers, `/readyz` whether the home can do its
 * work, `/metrics` how much of what there is. They need no token and name nothing that is in the home.
 */
export const operationRoutes = (app: Hono, reading: Pick<Reading, "readiness" | "metrics">): void => {
  app.get("/healthz", () => textResponse("ok\n", 200));
  app.get("/readyz", async () => {
    const { ready, checks } = await reading.readiness();
    // A reader without a token learns which part fails, and not what is said of it.
    const lines = checks.map(({ id, ok }) => `${id} ${ok ? "ok" : "fails"}\n`);
    return textResponse(lines.join(""), ready ? 200 : 503);
  });
  app.get("/metrics", async () => textResponse(openMetricsText(await reading.metrics()), 200, OPEN_METRICS_TYPE));
};

const textResponse = (text: string, status: number, type = "text/plain; charset=utf-8"): Response =>
  new Response(text, { status, headers: { "Content-Type": type } });
