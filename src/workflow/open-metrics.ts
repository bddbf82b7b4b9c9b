/** One metric family with its samples (OpenMetrics 1.0). `name` is without the `_total` of a counter. */
export interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter" | "info";
  readonly help: string;
  readonly unit?: "bytes" | "seconds";
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export const OPEN_METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The exposition format of OpenMetrics 1.0, to its `# EOF`. A name that the format does not know is a bug. */
export const openMetricsText = (metrics: readonly Metric[]): string =>
  `${metrics.flatMap(familyLines).join("\n")}\n# EOF\n`;

const familyLines = ({ name, type, help, unit, samples }: Metric): readonly string[] => {
  if (!/^[a-z][a-z0-9_]*$/.test(name) || (unit !== undefined && !name.endsWith(`_${unit}`)))
    throw new TypeError(`no name of a metric: ${name}`);
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(({ labels = {}, value }) => `${name}${SUFFIX[type]}${labelText(labels)} ${value}`),
  ];
};

const SUFFIX = { gauge: "", counter: "_total", info: "_info" } as const;

const labelText = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
};

const escaped = (text: string): string =>
  text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`);
