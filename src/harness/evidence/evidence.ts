import type { OpenBundle } from "../../seams/archive.ts";
import type { Target } from "../../seams/target.ts";
import type { VerifyTools } from "../../workflow/evidence/verify/tools.ts";

/** Evidence without a home: any folder or tar, and what verifies it or does it again. */
export interface Evidence {
  readonly openFolder: (folder: string) => Promise<OpenBundle>;
  readonly openTar: (file: string) => Promise<OpenBundle>;
  readonly verifyTools: VerifyTools;
  readonly stockGit: Pick<Target, "replayPatch">;
}
