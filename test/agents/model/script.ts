/** What the model of a test wants to be done: mapped onto whatever tool an agent offers, by its name and form. */
export type Wish =
  | { readonly do: "read"; readonly path: string }
  | { readonly do: "edit"; readonly path: string; readonly old: string; readonly new: string }
  | { readonly do: "write"; readonly path: string; readonly content: string }
  | { readonly do: "bash"; readonly command: string }
  | { readonly do: "fetch"; readonly url: string };

/** How an answer goes wrong, the first `times` times that its turn is asked for; always where that is left out. */
export type Fault =
  | { readonly status: number; readonly times?: number }
  | { readonly hangs: true; readonly times?: number }
  | { readonly dropAfterBytes: number; readonly times?: number }
  | { readonly malformedArguments: true; readonly times?: number };

/** One answer of the model. */
export interface Turn {
  readonly text?: string;
  readonly wishes?: readonly Wish[];
  readonly fault?: Fault;
}

/** A whole conversation. `endless` gives its last turn again and again. */
export interface Script {
  readonly turns: readonly Turn[];
  readonly endless?: boolean;
}

/** A tool as an agent offers it. */
export interface OfferedTool {
  readonly name: string;
  readonly schema: unknown;
  /** Takes free text instead of JSON. */
  readonly isFree: boolean;
}

/** A wish as a call of one offered tool. */
export interface ToolUse {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly freeInput?: string;
}

/** What is answered to one request. */
export interface Reply {
  readonly turn: number;
  readonly text: string;
  readonly uses: readonly ToolUse[];
  readonly fault: Fault | undefined;
  readonly tokens: { readonly in: number; readonly out: number };
}
