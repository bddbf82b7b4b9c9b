/** What each address below /api answers; the client knows the server by these types alone (surface.md 4.5). */
export interface Api {
  readonly "/api/status": {
    readonly needs: readonly Need[];
    readonly running: readonly { readonly run: string; readonly work: string; readonly word: string }[];
    readonly counts: Readonly<Record<string, number>>;
  };
}

interface Need {
  readonly work: string;
  readonly run?: string;
  readonly title?: string;
  readonly state: string;
  readonly reason?: string;
  readonly word: string;
  readonly who: string;
  readonly since?: string;
  readonly next: string;
}
