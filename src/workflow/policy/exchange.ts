/** One thing that came to the relay, and what became of it: a line of `backend/egress.jsonl`. */
export interface Exchange {
  /** Which request to the model it was, from 1; null where nothing went out. */
  readonly n: number | null;
  readonly channel: "model" | "connect" | "shim";
  /** `cut` was begun and broken off. */
  readonly verdict: "allowed" | "denied" | "cut";
  /** The rule that decided, `relay/...` for the relay's own. */
  readonly rule: string;
  /** The part of a body that its list does not open, where that was the rule. */
  readonly field?: string;
  /** The forbidden action that a shim's command was a try at. */
  readonly action: string | null;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly model: string | null;
  readonly request: Body;
  readonly response: Body;
  readonly status: number;
  readonly ms: number;
  readonly usage: TokenUse | null;
}

export interface Body {
  readonly bytes: number;
  readonly sha256: string;
}

/** Tokens as the provider reported them; estimated where it said nothing, or was not heard to the end (ADR 0008). */
export interface TokenUse {
  readonly input: number;
  readonly output: number;
  readonly estimated: boolean;
}

/** A whole exchange with a model, for the cassette: what was sent and what came back, piece by piece. */
export interface Recording {
  readonly method: string;
  readonly path: string;
  readonly model: string | null;
  readonly request: string;
  readonly status: number;
  readonly chunks: readonly { readonly ms: number; readonly text: string }[];
  readonly usage: TokenUse | null;
}
