import { readSettings, type Setting } from "../../harness/home/home-config.ts";
import type { World } from "../../harness/world.ts";
import { nearest } from "../../workflow/nearest.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto config get [KEY]`: what the home is told; a key names what stands below it as well. */
export const act: Act<object, [string | undefined]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const found = await settingsBelow(context, world, given);
    if ("noun" in found) return found;
    const [only, ...others] = found;
    return {
      noun: "config",
      exit: EXIT.done,
      data: { settings: found },
      text:
        only !== undefined && only.key === given && others.length === 0
          ? valueText(only.value)
          : table(found.map(({ key, value }) => [visible(key), valueText(value)])),
    };
  });

/** The settings that a key names, or all; a usage error for none. */
export const settingsBelow = async (
  { process: { env } }: CliContext,
  world: World,
  given: string | undefined,
): Promise<readonly Setting[] | Answer> => {
  const all = await readSettings(world, env);
  if (given === undefined) return all;
  const found = all.filter(({ key }) => key === given || key.startsWith(`${given}.`));
  if (found.length > 0) return found;
  const near = nearest(given, [...new Set(all.map(({ key }) => key))]);
  const meant = near.length === 0 ? "" : `; did you mean ${near.map(visible).join(" or ")}?`;
  return usageError(`there is no key ${visible(given)}${meant}`, "cto config get");
};

export const valueText = (value: unknown): string =>
  value === null ? "not set" : visible(typeof value === "string" ? value : JSON.stringify(value));
