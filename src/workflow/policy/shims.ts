/** Folder inside that stands first on the agent's PATH. */
export const SHIM_FOLDER = "/opt/cto/bin";

/** Programs whose use is asked about before it happens (confinement.md 12). A record and no control: a path walks round them. */
export const SHIMMED: readonly string[] = [
  ["git", "gh", "hub", "glab", "ssh", "scp", "curl", "wget"],
  ["npm", "pnpm", "yarn", "pip", "pip3", "twine", "cargo", "gem"],
  ["docker", "podman", "kubectl", "helm", "terraform"],
  ["aws", "gcloud", "az", "vercel", "netlify"],
].flat();

/** The shims as files of a stage. */
export const shimFiles = (): readonly { readonly path: string; readonly content: Uint8Array }[] =>
  SHIMMED.map((name) => ({ path: `${SHIM_FOLDER}/${name}`, content: new TextEncoder().encode(shimText(name)) }));

/** A shell line that says exactly these words. */
export const lineOfWords = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");

// -p, so that neither BASH_ENV nor a function of the caller's speaks for the shim. Descriptor 9 is the relay's.
const shimText = (name: string): string => `#!/bin/bash -p
# Asks the Harness whether the contract forbids this command, and runs it if not.
refuse() { printf '%s: refused by the contract (%s)\\n' ${name} "$1" >&2; exit 126; }
words=$(printf '%s\\0' ${name} "$@" | /usr/bin/head -c ${WORDS_BYTES_MAX} | /usr/bin/od -An -v -tx1 | /usr/bin/tr -d ' \\n')
[ "\${#words}" -lt ${WORDS_BYTES_MAX * 2} ] || words+=ff
{ exec 9<>/dev/tcp/127.0.0.1/8787; } 2>/dev/null || refuse relay/no-answer
printf 'POST /.cto/attempt HTTP/1.1\\r\\nHost: 127.0.0.1:8787\\r\\nContent-Type: text/plain\\r\\nContent-Length: %d\\r\\n\\r\\n%s' "\${#words}" "$words" >&9 2>/dev/null
IFS=' ' read -r -t 2 _ status _ <&9 || refuse relay/no-answer
while IFS= read -r -t 2 line <&9 && [ "$line" != $'\\r' ]; do :; done
IFS= read -r -t 2 rule <&9
exec 9>&-
[ "$status" = 200 ] || refuse "\${rule:-relay/no-answer}"
IFS=: read -r -a folders <<<"$PATH"
for folder in "\${folders[@]}"; do
  [ -n "$folder" ] && ! [ "$folder" -ef ${SHIM_FOLDER} ] && [ -f "$folder/${name}" ] && [ -x "$folder/${name}" ] && exec "$folder/${name}" "$@"
done
printf '%s: command not found\\n' ${name} >&2
exit 127
`;

/** A command that is longer is told with a byte that no word ends in, and so refused. */
const WORDS_BYTES_MAX = 61_440;
