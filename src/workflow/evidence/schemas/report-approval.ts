import { z } from "zod";

/** What a report says of the approval that its run used. */
export interface ReportApproval {
  readonly approvalId: string;
  readonly principal: string;
  readonly assurance: "A0" | "A1" | "A2" | "A3";
  /** R145: verified by a signature, or attested by the host alone. */
  readonly identity: "verified" | "attested";
  readonly keyFingerprint: string | null;
  readonly sentence: string;
  readonly selfApproved: boolean;
  /** Only where policy asks for more than one. */
  readonly quorum?: {
    readonly required: number;
    readonly signed: readonly {
      readonly principal: string;
      readonly assurance: "A0" | "A1" | "A2" | "A3";
      readonly keyFingerprint: string | null;
    }[];
  };
}

const text = z.string();

export const approvalSchema: z.ZodType<ReportApproval> = z.strictObject({
  approvalId: text,
  principal: text,
  assurance: z.enum(["A0", "A1", "A2", "A3"]),
  identity: z.enum(["verified", "attested"]),
  keyFingerprint: text.nullable(),
  sentence: text,
  selfApproved: z.boolean(),
  quorum: z
    .strictObject({
      required: z.int(),
      signed: z.array(
        z.strictObject({
          principal: text,
          assurance: z.enum(["A0", "A1", "A2", "A3"]),
          keyFingerprint: text.nullable(),
        }),
      ),
    })
    .exactOptional(),
});
