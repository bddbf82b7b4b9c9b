import { createHash } from "node:crypto";
import type { SourceDocument } from "../workflow/packet/packet.ts";
