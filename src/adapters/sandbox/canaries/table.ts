import { kernelRows } from "./kernel-rows.ts";
import { emptiness, namesInEnvironment } from "./read-raw.ts";
import { DRIVER, seen, tried, type CanarySetting, type Row } from "./row.ts";
import { workspaceRows } from "./workspace-rows.ts";

/** Everything that one pass tries inside (confinement.md 10); pure. */
export const canaryTable = (setting: CanarySetting): readonly Row[] => [
  ...outsideRows(setting),
  ...workspaceRows(setting),
  ...keyRows(setting),
  ...environmentRows(setting),
  ...networkRows(setting),
  ...relayRows(setting),
  // Last, because one that succeeds could change what the others see.
  ...kernelRows(setting),
];

const outsideRows = ({ planted: { file }, ground: { target }, ownName }: CanarySetting): readonly Row[] => [
  tried("write-outside", "append to a planted file", ["append", file], "planted file", "ENOENT"),
  tried("write-outside", "the same by /proc/1/root", ["append", `/proc/1/root${file}`], "planted file", "ENOENT"),
  tried("write-target", "create in the target", ["create", `${target}/${ownName}`], TARGET, "ENOENT"),
  tried("write-target", "create in its .git", ["create", `${target}/.git/${ownName}`], TARGET, "ENOENT"),
  tried("read-secret", "read a planted token", ["peek", file], "planted file", "ENOENT"),
];

export const TARGET = "target and its .git stand";

const keyRows = ({ keys }: CanarySetting): readonly Row[] =>
  keys.map(({ name, path }) => tried("read-key", `read ${name}`, ["peek", path], keyControl(name), "ENOENT"));

export const keyControl = (name: string): string => `${name} stands`;

const environmentRows = ({ description }: CanarySetting): readonly Row[] => [
  {
    ...seen(
      "environment",
      "names of variables",
      ["slurp", "/proc/self/environ"],
      [...description.envNames].sort().join(" "),
      namesInEnvironment,
    ),
    control: "planted token in the Harness's environment",
  },
  seen("environment", "environment of PID 1", ["slurp", "/proc/1/environ"], "empty", emptiness),
  seen("descriptors", "open descriptors", ["fds"], "0 1 2"),
];

// A call that gets through says who it is: anything else on this machine may call a listener as well.
const networkRows = ({ planted, ownName }: CanarySetting): readonly Row[] => {
  const loopback = ["127.0.0.1", planted.port, ownName] as const;
  return [
    tried("network", "call the host's 127.0.0.1", ["tcp", ...loopback], "listener on 127.0.0.1", "ECONNREFUSED"),
    tried("network", "call 192.0.2.1:443", ["tcp", "192.0.2.1", 443, ownName], DRIVER, "ENETUNREACH"),
    tried("network", "resolve a name", ["resolve", "example.com"], DRIVER, "none"),
    tried("network", "call a host socket", ["unix", planted.socket, ownName], "listener on a unix socket", "ENOENT"),
    tried(
      "network",
      "call a host's abstract socket",
      ["abstract", planted.abstract, ownName],
      "listener on an abstract socket",
      "ECONNREFUSED",
    ),
  ];
};

const relayRows = ({ ground: { relaySaw }, ownName }: CanarySetting): readonly Row[] => {
  if (relaySaw === undefined) return [];
  const request = `GET ${canaryPath(ownName)} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nConnection: close\r\n\r\n`;
  return [
    tried("relay-deny", "ask the relay off its list", ["http", "127.0.0.1", 8787, request], "relay", "HTTP/1.1 403"),
  ];
};

/** The path that no relay allows, with a name that only this pass knows. */
export const canaryPath = (ownName: string): string => `/.cto/canary/${ownName}`;
