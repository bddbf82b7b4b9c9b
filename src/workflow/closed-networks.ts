/**
 * Nets that are no place of the public internet, by what they are: private ones, which a home may open for a receiver of
 * its own, and all others (this machine, its link with the metadata services, tests, multicast, reserved), which nothing
 * opens. Of IPv6 those that carry an IPv4 address in them belong to the others.
 */
export const CLOSED_NETWORKS: {
  readonly [Family in "ipv4" | "ipv6"]: { readonly private: readonly string[]; readonly other: readonly string[] };
} = {
  ipv4: {
    private: ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"],
    other: [
      "0.0.0.0/8",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "192.0.0.0/24",
      "192.0.2.0/24",
      "192.88.99.0/24",
      "198.18.0.0/15",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "224.0.0.0/4",
      "240.0.0.0/4",
    ],
  },
  ipv6: {
    private: ["fc00::/7"],
    other: [
      "::/96",
      "::ffff:0:0/96",
      "64:ff9b::/96",
      "64:ff9b:1::/48",
      "100::/64",
      "2001::/23",
      "2001:db8::/32",
      "2002::/16",
      "fe80::/10",
      "fec0::/10",
      "ff00::/8",
    ],
  },
};

/** The nets of this machine itself. */
export const LOOPBACK_NETWORKS: readonly string[] = ["127.0.0.0/8", "::1/128"];
