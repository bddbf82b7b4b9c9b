/** The token of this server's start, kept by this tab alone: it came behind the `#` and leaves the address at once (surface.md 4.4). */
export const sessionToken = (): string | undefined => {
  const given = /^#token=([A-Za-z0-9_-]{20,})$/.exec(location.hash)?.[1];
  if (given === undefined) return sessionStorage.getItem(KEY) ?? undefined;
  sessionStorage.setItem(KEY, given);
  history.replaceState(history.state, "", `${location.pathname}${location.search}`);
  return given;
};

const KEY = "cto-token";
