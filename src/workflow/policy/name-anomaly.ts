const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;
const NAME_BYTES_MAX = 255;

/** What is unusual about a name that is otherwise UTF-8 (git.md 7), or undefined. */
export const nameAnomaly = (path: string): string | undefined => {
  if (path !== path.normalize("NFC")) return "its name is not in normal form NFC";
  if (HIDDEN.test(path)) return "its name holds a control, bidirectional or zero-width character";
  if (path.includes("\\")) return "its name holds a backslash";
  const parts = path.split("/");
  if (parts.some((part) => part !== part.trim())) return "its name begins or ends with a space";
  if (parts.some((part) => new TextEncoder().encode(part).length > NAME_BYTES_MAX)) return "its name is over 255 bytes";
  return undefined;
};
