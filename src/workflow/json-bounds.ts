/** Bounds on the shape of JSON, not on its length. */
export interface JsonBounds {
  /** Members, items and the brackets that hold them. */
  readonly partsMax: number;
  readonly depthMax: number;
}

/**
 * Whether JSON has more parts, or is nested deeper, than it may. One pass over the bytes, each looked at once, with
 * nothing built from them, and no further than where the bound is met; what is no JSON is left to the parser.
 */
export const exceedsBounds = (bytes: Uint8Array, { partsMax, depthMax }: JsonBounds): boolean => {
  let parts = 0;
  let depth = 0;
  let isString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isString = false;
      continue;
    }
    if (byte === QUOTE) isString = true;
    else if (byte === BRACKET || byte === BRACE) depth += 1;
    else if (byte === BRACKET_END || byte === BRACE_END) depth -= 1;
    else if (byte !== COMMA) continue;
    if (byte !== QUOTE) parts += 1;
    if (parts > partsMax || depth > depthMax) return true;
  }
  return false;
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
