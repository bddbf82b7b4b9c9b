/** 26 letters of Crockford's alphabet: 48 bits of time, 80 bits of chance. */
export const ulid = (epochMs: number, chance: Uint8Array): string => {
  let time = "";
  for (let rest = epochMs, at = 0; at < 10; at += 1) {
    time = `${CROCKFORD[rest % 32] ?? ""}${time}`;
    rest = Math.floor(rest / 32);
  }
  let text = time;
  let [held, bits] = [0, 0];
  for (const byte of chance) {
    [held, bits] = [held * 256 + byte, bits + 8];
    for (; bits >= 5; bits -= 5) {
      const unit = 2 ** (bits - 5);
      text += CROCKFORD[Math.floor(held / unit)] ?? "";
      held %= unit;
    }
  }
  return text;
};

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
