/** 26 letters of Crockford's alphabet: 48 bits of time, 80 bits of chance. */
export const ulid = (epochMs: number, chance: Uint8Array): string => {
  const bytes = [...Array.from({ length: 6 }, (_, at) => Math.floor(epochMs / 256 ** (5 - at)) % 256), ...chance];
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (let at = 0; at < 26; at += 1) {
    text = `${CROCKFORD[Number(number % 32n)] ?? ""}${text}`;
    number /= 32n;
  }
  return text;
};

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
