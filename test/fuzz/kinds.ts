import { ADMISSIONS } from "./admissions.ts";
import { BUNDLES } from "./bundles.ts";
import type { Fuzzed } from "./fuzzed.ts";
import { LEDGER_LINES } from "./ledger-lines.ts";
import { MESSAGES_OF_AGENTS } from "./messages.ts";
import { PACKETS } from "./packets.ts";

export const KINDS: readonly Fuzzed[] = [PACKETS, ADMISSIONS, LEDGER_LINES, BUNDLES, MESSAGES_OF_AGENTS];
