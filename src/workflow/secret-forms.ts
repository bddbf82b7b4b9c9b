import { LIMITS } from "./limits.ts";

/** A text that must not be found, and the way in which it writes the secret. */
export interface SecretForm {
  readonly form: "plain" | "json" | "base64" | "base64url" | "hex" | "url";
  readonly text: string;
}

/**
 * The forms in which a secret value is looked for: as it is, escaped for JSON (also twice), base64 at each of its three
 * alignments, hex, and percent-encoded. Every text is in bytes, one character each; what is not stable under its
 * neighbours is left out of base64. At least 8 bytes long: shorter ones would be found everywhere.
 */
export const secretForms = (value: string): readonly SecretForm[] => {
  const bytes = Buffer.from(value, "utf8");
  const hex = bytes.toString("hex");
  const forms: readonly SecretForm[] = [
    ...inForm("plain", [value]),
    ...inForm("json", jsonForms(value)),
    ...inForm("base64", base64Cores(bytes, "base64")),
    ...inForm("base64url", base64Cores(bytes, "base64url")),
    ...inForm("hex", [hex, hex.toUpperCase()]),
    ...inForm("url", urlForms(value, bytes)),
  ];
  const seen = new Set<string>();
  return forms.filter(({ text }) => text.length >= LIMITS.secretBytesMin && !seen.has(text) && seen.add(text));
};

const inForm = (form: SecretForm["form"], texts: readonly string[]): readonly SecretForm[] =>
  texts.map((text) => ({ form, text }));

const jsonForms = (value: string): readonly string[] => {
  const once = inString(value);
  const ascii = asciiOnly(once);
  return [once, inString(once), ascii, inString(ascii), once.replaceAll("/", "\\/")];
};

const inString = (text: string): string => JSON.stringify(text).slice(1, -1);

const asciiOnly = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** What base64 writes of these bytes whatever stands before and after them; of whole lines too, where it breaks them. */
const base64Cores = (bytes: Buffer, form: "base64" | "base64url"): readonly string[] => {
  const cores = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(form)
      .replace(/=+$/, "");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(first, last);
  });
  const [aligned = ""] = cores;
  const broken = LINE_LENGTHS.filter((length) => aligned.length > length).flatMap((length) => {
    const lines = aligned.match(new RegExp(`.{1,${length}}`, "g")) ?? [];
    return ["\n", "\r\n", "\\n"].map((end) => lines.join(end));
  });
  return [...cores, ...broken];
};

const LINE_LENGTHS = [64, 76];

const urlForms = (value: string, bytes: Buffer): readonly string[] => {
  const usual = encodeURIComponent(value.toWellFormed());
  const all = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const lower = usual.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [usual, lower, usual.replaceAll("%20", "+"), all, all.toUpperCase()];
};
