const BYTES = "$bytes";

/**
 * A step's output as text: JSON, with byte arrays as base64 under the key `$bytes`. What would not come back as it was,
 * a map, a date, a number that is none, is a bug of the step and crashes here, not when a run is resumed.
 */
export const store = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(plain(value)));

/** What `store` wrote. Only documents of our own ledger come here, found by their digest. */
export const unstore = (document: Uint8Array): unknown =>
  JSON.parse(new TextDecoder().decode(document), (_, member: unknown) => bytesOf(member) ?? member);

const plain = (value: unknown): unknown => {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return value;
  if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value))
    throw new TypeError(`a step cannot leave ${typeof value === "object" ? "such an object" : typeof value}`);
  if (Object.hasOwn(value, BYTES)) throw new TypeError(`a step cannot leave the key ${BYTES}`);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
};

const isRecord = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const bytesOf = (member: unknown): Uint8Array | undefined => {
  if (typeof member !== "object" || member === null || !(BYTES in member)) return undefined;
  return typeof member[BYTES] === "string" ? new Uint8Array(Buffer.from(member[BYTES], "base64")) : undefined;
};
