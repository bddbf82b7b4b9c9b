import path from "node:path";

import type { Home } from "../../seams/home.ts";
import { Failure } from "../../workflow/failure.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";

/** What the admission file variable of an environment leads to, inside the home; whatever cannot be read there opens nothing. */
export const admissionFileAt = async (
  home: Pick<Home, "folder" | "read">,
  given: string,
): Promise<SourceDocument | "unreadable"> => {
  const relative = path.relative(home.folder, path.resolve(home.folder, given));
  if (relative.startsWith("..") || path.isAbsolute(relative)) return "unreadable";
  try {
    const document = await home.read(relative);
    return document === "absent" ? "unreadable" : document;
  } catch (error) {
    if (error instanceof Failure) return "unreadable";
    throw error;
  }
};
