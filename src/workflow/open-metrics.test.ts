import { expect, test } from "vitest";

import { openMetricsText } from "./open-metrics.ts";

test("families are written as OpenMetrics 1.0 has them, counters with _total, units in their names, and an end", () => {
  const text = openMetricsText([
    { name: "cto_runs", type: "gauge", help: "Runs.", samples: [{ labels: { state: "accepted" }, value: 2 }] },
    { name: "process_cpu_seconds", type: "counter", unit: "seconds", help: "Time.", samples: [{ value: 0.5 }] },
    { name: "cto_build", type: "info", help: "Build.", samples: [{ labels: { version: "1" }, value: 1 }] },
  ]);
  expect(text).toBe(`# TYPE cto_runs gauge
# HELP cto_runs Runs.
cto_runs{state="accepted"} 2
# TYPE process_cpu_seconds counter
# UNIT process_cpu_seconds seconds
# HELP process_cpu_seconds Time.
process_cpu_seconds_total 0.5
# TYPE cto_build info
# HELP cto_build Build.
cto_build_info{version="1"} 1
# EOF
`);
});

test("what a label says can end neither its quotes nor its line", () => {
  const text = openMetricsText([
    { name: "a", type: "gauge", help: "x\n# EOF", samples: [{ labels: { l: 'a"b\\c\nd' }, value: 1 }] },
  ]);
  expect(text.split("\n").slice(1)).toEqual([
    String.raw`# HELP a x\n# EOF`,
    String.raw`a{l="a\"b\\c\nd"} 1`,
    "# EOF",
    "",
  ]);
});

test.each([["Big"], ["a-b"], [""]])("%j is no name of a metric", (name) => {
  expect(() => openMetricsText([{ name, type: "gauge", help: "", samples: [] }])).toThrow(TypeError);
});
