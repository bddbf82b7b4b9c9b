import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

// A disk of its own, a file behind a loop device: what a process wrote and nobody synced is not in that file, so a copy
// of it is what a power cut leaves. It can fill, and go read-only as the kernel makes it after an error.

export interface LoopDisk {
  /** Where it is mounted, for whatever is to lie on it. */
  readonly folder: string;
  /** Everything that was written is on the disk. */
  sync(): void;
  /** What a power cut leaves at this moment. */
  image(): string;
  /** The disk as it comes up again after the cut that left this image; whoever used it is gone. */
  comeUp(image: string): Promise<void>;
  /** Takes every free block; the answer gives them back. */
  fill(): () => void;
  /** The kernel finds an error and takes no write any more, as with any ext4 that is mounted so. */
  breakDown(): void;
  close(): Promise<void>;
}

/** Mounting takes what only root has, and loop devices. */
export const NO_LOOP_DISK: string | undefined = ((): string | undefined => {
  if (process.getuid?.() !== 0) return "only root mounts a disk of its own";
  const disk = mkdtempSync(path.join(tmpdir(), "cto-loop-"));
  try {
    void laidDisk(disk, 16).close();
    return undefined;
  } catch (error) {
    return `no disk of its own can be mounted: ${String(error)}`;
  }
})();
if (NO_LOOP_DISK !== undefined)
  console.error(`SKIPPED: full, broken and unplugged disks are not tried, ${NO_LOOP_DISK}`);

export const layDisk = (megabytes = 1_024): LoopDisk =>
  laidDisk(mkdtempSync(path.join(tmpdir(), "cto-loop-")), megabytes);

/**
 * While a sandbox has a part of it mounted, the kernel keeps the disk as it was, with all that nobody synced: those are
 * ended, and what others copied by starting one meanwhile goes by itself.
 */
const letGo = async (device: string): Promise<void> => {
  const number = readFileSync(`/sys/block/${device}/dev`, "utf8").trim();
  for (let tries = 1; existsSync(`/sys/fs/ext4/${device}`); tries += 1) {
    if (tries === 300) throw new Error(`somebody still has ${device} mounted`);
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      if (mountsOf(pid).includes(` ${number} /cto-`)) process.kill(Number(pid), "SIGKILL");
    await delay(100);
  }
};

const mountsOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, "utf8");
  } catch {
    return "";
  }
};

function laidDisk(around: string, megabytes: number): LoopDisk {
  const folder = path.join(around, "disk");
  const kept = path.join(around, "images");
  // A server below it belongs to another user, who has to come through.
  chmodSync(around, 0o711);
  execFileSync("mkdir", [folder, kept]);
  const backing = path.join(around, "disk.img");
  let [images, isMounted] = [0, false];
  execFileSync("truncate", ["-s", `${megabytes}M`, backing]);
  execFileSync("mkfs.ext4", ["-q", "-m", "0", backing]);
  // The same device each time, as a machine that is started again has it.
  const device = execFileSync("losetup", ["--find", "--show", backing], { encoding: "utf8" }).trim();
  const mount = (): void => {
    // Without a sync the journal is written after ten minutes: no test waits for that.
    execFileSync("mount", ["-o", "commit=600,errors=remount-ro", device, folder]);
    isMounted = true;
  };
  // Shells that start git leave after a while.
  const unmount = async (): Promise<void> => {
    for (let tries = 1; isMounted; tries += 1)
      try {
        execFileSync("umount", [folder], { stdio: "pipe" });
        isMounted = false;
        await letGo(path.basename(device));
      } catch (error) {
        if (tries === 300) throw error;
        await delay(100);
      }
  };
  mount();
  return {
    folder,
    sync: () => void execFileSync("sync", ["-f", folder]),
    image: () => {
      const image = path.join(kept, `${(images += 1)}.img`);
      execFileSync("cp", ["--sparse=always", backing, image]);
      return image;
    },
    comeUp: async (image) => {
      await unmount();
      execFileSync("cp", ["--sparse=always", image, backing]);
      mount();
    },
    fill: () => {
      const filler = path.join(folder, "filler");
      const { bavail, bsize } = statfsSync(folder);
      execFileSync("fallocate", ["-l", String(Math.max(1, bavail * bsize - 2 ** 22)), filler]);
      const piece = Buffer.alloc(65_536, 1);
      const file = openSync(filler, "a");
      for (let size = piece.length; size >= 1;)
        try {
          writeSync(file, piece, 0, size);
        } catch {
          size = Math.floor(size / 2);
        }
      fsyncSync(file);
      closeSync(file);
      return () => rmSync(filler);
    },
    breakDown: () => {
      writeFileSync(`/sys/fs/ext4/${path.basename(device)}/trigger_fs_error`, "a test");
    },
    close: async () => {
      await unmount();
      execFileSync("losetup", ["-d", device]);
      rmSync(around, { recursive: true, force: true });
    },
  };
}
