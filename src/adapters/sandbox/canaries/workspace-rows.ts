import { isWithin, parentOf } from "../../../workflow/workspace/tree-view.ts";
import { writableMounts } from "./read-raw.ts";
import { seen, tried, type CanarySetting, type Row } from "./row.ts";

/** What may be written, what may not, and what may not be read, by the plan of the stage. */
export const workspaceRows = (setting: CanarySetting): readonly Row[] => [
  ...pinRows(setting),
  ...readOnlyRows(setting),
  ...renameRows(setting),
  ...allowedRows(setting),
  ...maskRows(setting),
];

/** Paths of the Workspace that the rows rely on: each must stand there, as the Harness sees it. */
export const reliedOn = (setting: CanarySetting): readonly string[] => [
  ...setting.description.masks,
  ...[pinOf(setting)].flatMap((path) => path ?? []),
];

export const STANDS = "the paths stand in the Workspace";

const pinRows = (setting: CanarySetting): readonly Row[] => {
  const path = pinOf(setting);
  if (path === undefined) return [];
  const isFolder = kindOf(setting, path) === "folder";
  return [
    isFolder
      ? tried("write-pinned", "create in a pin", ["create", inside(`${path}/${setting.ownName}`)], STANDS, "EROFS")
      : tried("write-pinned", "write a pin", ["open", inside(path)], STANDS, "EROFS"),
    tried("write-pinned", "change the mode of a pin", ["chmod", inside(path)], STANDS, "EROFS"),
  ];
};

const readOnlyRows = ({ description, ownName }: CanarySetting): readonly Row[] => [
  ...["", "/etc", "/dev"].map((folder) =>
    tried("write-pinned", `create in ${folder}/`, ["create", `${folder}/${ownName}`], "planted file", "EROFS"),
  ),
  tried("write-pinned", "change the mode of /etc/passwd", ["chmod", "/etc/passwd"], "planted file", "EROFS"),
  tried("write-pinned", "change a kernel setting", ["chmod", "/proc/sys/kernel/hostname"], "planted file", "EROFS"),
  seen(
    "write-pinned",
    "mounts that can be written",
    ["slurp", "/proc/self/mountinfo"],
    [...new Set(["/dev/shm", "/home/agent", "/tmp", ...description.writableParents.map(writable)])].sort().join(" "),
    writableMounts,
  ),
];

const renameRows = (setting: CanarySetting): readonly Row[] => {
  const { description, ownName, pass } = setting;
  const [parent] = description.writableParents;
  if (parent === undefined) return [];
  const pin = description.pins.find((path) => description.writableParents.includes(named(parentOf(path))));
  const mounted = ["EBUSY", "EROFS"];
  const moved = tried(
    "rename-pinned",
    "move a writable folder",
    ["rename", writable(parent), `${writable(parent)}-${ownName}`],
    STANDS,
    ...mounted,
  );
  if (pin === undefined) return [moved];
  const own = `${writable(named(parentOf(pin)))}/${ownName}-over`;
  return [
    moved,
    tried(
      "rename-pinned",
      "rename a new file over a pin",
      ["over", own, inside(pin)],
      STANDS,
      ...mounted,
      ...full(pass),
    ),
    tried("rename-pinned", "rename a pin away", ["rename", inside(pin), `${own}-away`], STANDS, ...mounted),
  ];
};

// The quota may have been used up by then; a full tmpfs is still one that may be written.
const full = (pass: CanarySetting["pass"]): readonly string[] => (pass === "after" ? ["ENOSPC"] : []);

const allowedRows = ({ description, ownName, pass }: CanarySetting): readonly Row[] => {
  const [parent] = description.writableParents;
  if (parent === undefined) return [];
  const own = `${writable(parent)}/${ownName}`;
  return [
    tried("allowed-works", "create and remove a file", ["create", own], STANDS, "ok", ...full(pass)),
    tried("allowed-works", "replace a file by a rename", ["replace", `${own}-new`, own], STANDS, "ok", ...full(pass)),
  ];
};

const maskRows = ({ description: { masks } }: CanarySetting): readonly Row[] => {
  const [first] = masks;
  if (first === undefined) return [];
  const covered = ["EACCES", "empty", "empty|EACCES"];
  return [
    tried("read-secret", "read each mask", ["peek", ...masks.map(inside)], STANDS, ...covered),
    tried("read-secret", "change the mode of a mask", ["chmod", inside(first)], STANDS, "EROFS"),
  ];
};

/** The first pin that is a file; else the first pin; in a Workspace without pins the first file nobody may write. */
const pinOf = (setting: CanarySetting): string | undefined => {
  const { pins, masks, writableParents } = setting.description;
  const [pin] = [...pins.filter((path) => kindOf(setting, path) === "file"), ...pins];
  if (pin !== undefined) return pin;
  const open = writableParents.map((folder) => (folder === "." ? "" : folder));
  const isClosed = (path: string): boolean => ![...open, ...masks].some((folder) => isWithin(folder, path));
  return setting.order.workspace.entries.find(({ path, mode }) => mode.startsWith("100") && isClosed(path))?.path;
};

const kindOf = ({ order }: CanarySetting, path: string): "file" | "folder" =>
  order.workspace.entries.some((entry) => entry.path === path) ? "file" : "folder";

const inside = (path: string): string => `/workspace/${path}`;
const named = (folder: string): string => (folder === "" ? "." : folder);
const writable = (folder: string): string => (folder === "." ? "/workspace" : inside(folder));
