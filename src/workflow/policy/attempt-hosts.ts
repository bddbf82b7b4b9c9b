import type { ForbiddenAction } from "../contract/contract.ts";

// Whoever reaches for one of these wants one thing above all others. A name with a dot in front stands for all below it.
const HOST_ATTEMPTS: readonly { readonly action: ForbiddenAction; readonly hosts: readonly string[] }[] = [
  {
    action: "credential_change",
    hosts: [
      "169.254.169.254",
      "metadata.google.internal",
      ".sts.amazonaws.com",
      "sts.amazonaws.com",
      "accounts.google.com",
      "login.microsoftonline.com",
    ],
  },
  { action: "pr_open", hosts: ["api.github.com", "hub.github.com"] },
  {
    action: "public_publication",
    hosts: [
      "uploads.github.com",
      "gist.github.com",
      "registry.npmjs.org",
      "registry.yarnpkg.com",
      "upload.pypi.org",
      "test.pypi.org",
      "crates.io",
      "rubygems.org",
      ".docker.io",
      "ghcr.io",
      "quay.io",
    ],
  },
  {
    action: "push",
    hosts: ["github.com", "ssh.github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht"],
  },
  {
    action: "deploy",
    hosts: [
      ".amazonaws.com",
      ".googleapis.com",
      "management.azure.com",
      "api.vercel.com",
      "api.netlify.com",
      "api.heroku.com",
      "api.fly.io",
      "api.cloudflare.com",
    ],
  },
];

/** The action that reaching for a host is a try at; undefined where the host says nothing about it. */
export const actionOfHost = (host: string): ForbiddenAction | undefined => {
  const name = host
    .toLowerCase()
    .replace(/^[^@]*@/, "")
    .replace(/:\d+$/, "")
    .replace(/\.$/, "");
  return HOST_ATTEMPTS.find(({ hosts }) =>
    hosts.some((known) => name === known || (known.startsWith(".") && name.endsWith(known))),
  )?.action;
};

/** The same for a URL, or for a word that begins like one. */
export const actionOfUrl = (text: string): ForbiddenAction | undefined => {
  const [, host] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]+)/i.exec(text) ?? [];
  return host === undefined ? undefined : actionOfHost(host);
};

/** Whether a URL leads to one of some `name:port`; only by https, since nothing else passes through the way to them. */
export const leadsToOneOf = (hosts: readonly string[], url: string): boolean => {
  const [, name, port = "443"] = /^https:\/\/([a-z0-9.-]+)(?::(\d{1,5}))?(?:[/?#]|$)/.exec(url) ?? [];
  return name !== undefined && hosts.includes(`${name}:${port}`);
};
