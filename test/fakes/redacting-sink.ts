import type { FrameSink } from "../../src/seams/backend.ts";
import { redactJsonLine } from "../../src/workflow/evidence/redact-json.ts";
import {
  MARK_BEGIN,
  MARK_RULE,
  redactStream,
  redactText,
  type Redaction,
} from "../../src/workflow/evidence/redaction.ts";
import { SECRET_PATTERNS } from "../../src/workflow/secret-rules.ts";
import { secretScanner } from "../../src/workflow/secret-scan.ts";

/** A sink of frames that takes out every secret of a known shape, and says its rule for it. */
export const redactingSink = (): Omit<FrameSink, "keep"> => {
  const redaction: Redaction = {
    scanner: secretScanner(SECRET_PATTERNS, [], [{ rule: MARK_RULE, value: MARK_BEGIN }]),
    mark: (rule) => rule,
    isOwnMark: () => false,
  };
  return {
    line: (text) => redactJsonLine(text, (one) => redactText(redaction, one, "outside")),
    text: (text) => redactText(redaction, text, "outside"),
    open: () => redactStream(redaction, "outside", "text"),
  };
};
