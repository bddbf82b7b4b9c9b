import { expect, test } from "vitest";

import { changed, seed, without, told } from "../../../test/fixtures/refused-packet.ts";

// Every row: what is wrong, the changed seed, and each refusal with its line and column.
test.each<readonly [string, string, string]>([
  [
    "R013 no banner",
    without("Local planning SOT only. Not a Core Protocol. Not active Core authority."),
    "banner 13:3",
  ],
  ["R013 another banner", changed("Not active Core", "Active Core"), "banner 14:1"],
  ["R021 no title", without("# CTO First Real Governed Workflow Approval Packet"), "heading-missing 13:1"],
  ["R021 a second title", changed("## Status", "# Again\n## Status"), "heading-repeated 15:3"],
  [
    "R021 a missing heading",
    without("## Execution Gate"),
    "label-unknown 70:1, item-unknown 71:3, item-unknown 72:3, item-unknown 73:3, item-unknown 74:3, heading-missing 89:1",
  ],
  [
    "R021 an unknown heading",
    changed("## Required Approval", "## Exceptions\n## Required Approval"),
    "heading-unknown 64:4",
  ],
  ["R021 a deeper heading", changed("Allowed paths:", "### More\nAllowed paths:"), "heading-unknown 27:1"],
  [
    "R021 a heading without its space",
    changed("## Required Approval", "##Exceptions\n## Required Approval"),
    "heading-unknown 64:1",
  ],
  ["R021 a heading in other case", changed("## Status", "## STATUS"), "heading-unknown 15:4, heading-missing 90:1"],
  [
    "R021 headings in another order",
    seed.replace(/(## Status\n[^]*?)(## Proposed Target[^]*?)(?=## Proposed Task)/, "$2$1"),
    "heading-order 22:4",
  ],
  ["R021 a repeated section", `${seed}## Status\n`, "heading-repeated 91:4"],
  ["R022 an indented continuation", changed("- `test_strings.py`", "- `test_strings.py`\n  and more"), "indented 30:1"],
  ["R022 an indented item", changed("- `test_strings.py`", "  - `test_strings.py`"), "indented 29:1"],
  ["R022 a space at the end of a line", changed("Allowed paths:", "Allowed paths: "), "trailing-space 27:15"],
  ["R023 an HTML comment", changed("## Required", "<!-- hidden -->\n## Required"), "markup 64:1"],
  ["R023 HTML within a criterion", changed("artifacts exist.", "artifacts <b>exist</b>."), "markup 54:3"],
  ["R023 a quotation", changed("## Required", "> quoted\n## Required"), "markup 64:1"],
  ["R023 a rule under a sentence", changed("## Required", "---\n## Required"), "markup 64:1"],
  ["R023 another bullet", changed("- `test_strings.py`", "* `test_strings.py`"), "markup 29:1"],
  ["R023 a numbered list", changed("- `test_strings.py`", "1. `test_strings.py`"), "markup 29:1"],
  ["R023 a link definition", changed("## Required", "[a]: b\n## Required"), "markup 64:1"],
  ["R023 a list in a list", changed("- `test_strings.py`", "- - `test_strings.py`"), "markup 29:3, item-form 29:3"],
  [
    "R023 an unknown label",
    changed("Allowed paths:", "Exceptions:\n- all\nAllowed paths:"),
    "label-unknown 27:1, item-unknown 28:3",
  ],
  [
    "R023 a known label where it does not belong",
    changed("## Proposed Target", "Allowed paths: all\n## Proposed Target"),
    "label-unknown 18:1",
  ],
  ["R023 an item under prose", changed("## Required", "By the way.\n- `deploy/`\n## Required"), "item-unknown 65:3"],
  [
    "R023 an unknown value of the target",
    changed("- Risk class", "- Exemption: `all`\n- Risk class"),
    "item-unknown 23:3",
  ],
  [
    "R023 a fence in a section without one",
    changed("## Required", "```bash\nrm\n```\n## Required"),
    "item-unknown 64:1",
  ],
  ["R024 another status in the section", changed("Status: validated", "Status: approved"), "status-disagrees 16:1"],
  [
    "R024 no refusal to authorize",
    changed("does not authorize execution", "authorizes execution"),
    "line-missing 15:4",
  ],
  ["R024 a malformed id", changed("`CTO-WORK-049` remains", "`CTO-WORK-49` remains"), "id 17:44"],
  ["R024 another owner", changed("until JP approves", "until EVE approves"), "owner-disagrees 17:82"],
  [
    "R024 two work items",
    changed(
      "## Proposed Target",
      "This packet does not authorize execution. `CTO-WORK-050` remains candidate until JP approves the exact Target Repository and task contract.\n## Proposed Target",
    ),
    "line-repeated 18:1",
  ],
  ["R007 another notice", changed("does not activate Case", "may activate Case"), "notice 90:1"],
  ["R007 words behind the notice", `${seed}Except on Fridays.\n`, "notice 90:1"],
  [
    "a fence that is closed by another one's end",
    changed("-q\n```\n", "-q\n"),
    "line-missing 25:4, two-commands 60:1, fence 65:1, heading-missing 89:1",
  ],
  [
    "a fence that never closes",
    changed("task.\n```\n", "task.\n"),
    "fence 66:1, two-sentences 68:1, heading-missing 89:1, heading-missing 89:1, heading-missing 89:1",
  ],
  ["a token in the prose", changed("Without that", `Use ghp_${"a".repeat(36)}.\nWithout that`), "secret 69:5"],
])("%s is refused", (_, text, expected) => {
  expect(told(text)).toBe(expected);
});
