import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import { changed, seed, without, told } from "../../../test/fixtures/refused-packet.ts";
import { readFlatLine } from "./frontmatter.ts";

// Every row: what is wrong, the changed seed, and each refusal with its line and column.
test.each<readonly [string, string, string]>([
  ["R010 no frontmatter", seed.replace(/^---\n/, ""), "frontmatter 1:1"],
  ["R010 a blank line before the frontmatter", `\n${seed}`, "frontmatter 1:1"],
  ["R010 an unknown key", changed("tier: local", "tier: local\nauthority: full"), "unknown-key 4:1"],
  ["R010 a key in capitals", changed("tier: local", "Tier: local"), "unknown-key 3:1, key-missing 12:1"],
  ["R010 a missing key", without("owner: jp"), "key-missing 11:1"],
  ["R010 a repeated key", changed("owner: jp", "owner: jp\nowner: eve"), "key-repeated 6:1"],
  ["R010 a nested key", changed("owner: jp", "owner:\n  name: jp"), "not-flat 5:1, not-flat 6:1, key-missing 13:1"],
  ["R010 an anchor", changed("owner: jp", "owner: &x jp"), "not-flat 5:1, key-missing 12:1"],
  ["R010 an alias", changed("owner: jp", "owner: *x"), "not-flat 5:1, key-missing 12:1"],
  ["R010 a tag", changed("owner: jp", "owner: !!str jp"), "not-flat 5:1, key-missing 12:1"],
  ["R010 a list", changed("owner: jp", "owner: [jp]"), "not-flat 5:1, key-missing 12:1"],
  ["R010 a block of text", changed("owner: jp", "owner: |"), "not-flat 5:1, key-missing 12:1"],
  ["R010 a comment behind a value", changed("owner: jp", "owner: jp # eve"), "not-flat 5:1, key-missing 12:1"],
  ["R010 a comment line", changed("owner: jp", "# owner: eve\nowner: jp"), "not-flat 5:1"],
  ["R010 an escape", changed("owner: jp", 'owner: "\\x6ap"'), "not-flat 5:1, key-missing 12:1"],
  ["R010 two values on one line", changed("owner: jp", "owner: a: b"), "not-flat 5:1, key-missing 12:1"],
  [
    "R010 a tab in the frontmatter",
    changed("owner: jp", "owner:\tjp"),
    "not-flat 5:1, invisible-characters 5:7, key-missing 12:1",
  ],
  ["R009 another name", changed("name: cto-first", "name: cto-second"), "name-mismatch 2:7"],
  ["R011 tier core", changed("tier: local", "tier: core"), "tier 3:7"],
  ["R011 an unknown status", changed("status: validated", "status: approved"), "status 4:9, status-disagrees 16:1"],
  ["R011 another lifecycle", changed("planning", "execution"), "lifecycle 9:27"],
  ["R011 an unknown promotion", changed("not-promoted", "core"), "promotion 10:24"],
  ["R012 a created day after the review", changed("created: 2026-06-01", "created: 2026-06-02"), "dates 8:16"],
  ["R012 a review after today", changed("last_reviewed: 2026-06-01", "last_reviewed: 2026-06-03"), "dates 8:16"],
  ["R012 no day of the calendar", changed("created: 2026-06-01", "created: 2026-02-30"), "dates 7:10"],
  ["R012 a date with time", changed("created: 2026-06-01", "created: 2026-06-01T00"), "dates 7:10"],
  ["R012 a source outside the home", changed("source: .sot/", "source: ../.sot/"), "source-path 6:9"],
  [
    "R012 the packet as its own source",
    changed("WORKFLOW-ISSUES.md", "WORKFLOW-APPROVAL-PACKET.md"),
    "source-path 6:9",
  ],
])("%s is refused", (_, text, expected) => {
  expect(told(text)).toBe(expected);
});

// Each took the square of its length: seconds, before a packet of 250 kB was refused.
test.each([
  ["anchors behind a key", `a: ${"&a ".repeat(80_000)}`],
  ["anchors", `jp ${"&a ".repeat(80_000)}`],
  ["quotes", `"${'"'.repeat(240_000)}`],
  ["a long name", "j".repeat(4_090)],
])("R010 a line of %s that is too long is refused unread, and in no time", (_, value) => {
  const spentMs = processorClock();
  expect(told(changed("owner: jp", `owner: ${value}`))).toContain("not-flat 5:1");
  expect(spentMs()).toBeLessThan(1_500);
});

test("R010 a frontmatter line may have 4096 characters", () => {
  expect(readFlatLine(`owner: ${"j".repeat(4_089)}`)).toEqual({ key: "owner", value: "j".repeat(4_089) });
  expect(readFlatLine(`owner: ${"j".repeat(4_090)}`)).toEqual({ problem: "it is longer than 4096 characters" });
});

test.each(["CTO-first-APPROVAL-PACKET.md", "PACKET.md", "CTO-X-ADMISSION.json", "CTO-X-APPROVAL-PACKET.md.bak", ""])(
  "R009 a packet cannot be called %j",
  (name) => {
    expect(told(seed, `.sot/03-PROTOCOLS/${name}`)).toBe("file-name 1:1");
  },
);
