const BYTES = "$bytes";

/** A step's output as text: JSON, with byte arrays as base64 under the key `$bytes`. */
export const store = (value: unknown): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify(value, (_, member: unknown) =>
      member instanceof Uint8Array ? { [BYTES]: Buffer.from(member).toString("base64") } : plainBuffer(member),
    ),
  );

/** What `store` wrote. Only documents of our own ledger come here, found by their digest. */
export const unstore = (document: Uint8Array): unknown =>
  JSON.parse(new TextDecoder().decode(document), (_, member: unknown) => bytesOf(member) ?? member);

const bytesOf = (member: unknown): Uint8Array | undefined => {
  if (typeof member !== "object" || member === null || !(BYTES in member)) return undefined;
  return typeof member[BYTES] === "string" ? new Uint8Array(Buffer.from(member[BYTES], "base64")) : undefined;
};

// Buffer has a toJSON of its own, which runs before a replacer sees the bytes.
const plainBuffer = (member: unknown): unknown => {
  if (typeof member !== "object" || member === null || !("type" in member) || !("data" in member)) return member;
  if (member.type !== "Buffer" || !Array.isArray(member.data)) return member;
  return { [BYTES]: Buffer.from(member.data).toString("base64") };
};

