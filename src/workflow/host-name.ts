/** What keeps a text from being a host that may be granted, as a clause without a full stop; undefined for `name:port`. */
export const problemOfHost = (host: string): string | undefined => {
  const [, name, port] = /^([^:]*):([^:]*)$/.exec(host) ?? [];
  if (name === undefined || port === undefined) return "is not name:port";
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > PORT_MAX) return "has no port from 1 to 65535";
  if (name.length > NAME_CHARACTERS_MAX) return `is longer than ${NAME_CHARACTERS_MAX} characters`;
  const labels = name.split(".");
  if (!labels.every((label) => LABEL.test(label))) return "is not a plain DNS name in lower case";
  const last = labels.at(-1) ?? "";
  if (labels.length === 1 || OWN.has(last)) return "is a name of this machine or its own network";
  // Resolvers take 127.1 and 0x7f.0x1 for addresses; what ends in letters is none in any notation.
  return /^[a-z]{2}|^xn--/.test(last) ? undefined : "is an address, or could be read as one";
};

const PORT_MAX = 65_535;
const NAME_CHARACTERS_MAX = 253;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

// Names that mean something else on each machine or in each network.
const OWN: ReadonlySet<string> = new Set(["localhost", "localdomain", "local", "internal", "lan", "home", "arpa"]);
