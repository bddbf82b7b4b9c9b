/** What is asked of a person at a terminal. Whoever leaves a question (Ctrl-C) answers "left" to it, and is asked no more. */
export interface Guide {
  /** A line of text; `problem` says what is wrong with what was typed, and it is asked again. */
  readonly text: (
    question: string,
    how: { readonly initial?: string; readonly problem: (given: string) => string | undefined },
  ) => Promise<string | Left>;
  /** One of a few. */
  readonly one: (question: string, options: readonly Option[]) => Promise<string | Left>;
  /** Some of many, narrowed down by typing; at least one. */
  readonly some: (question: string, options: readonly Option[]) => Promise<readonly string[] | Left>;
}

export interface Option {
  readonly value: string;
  readonly hint?: string;
}

export type Left = typeof LEFT;
export const LEFT: unique symbol = Symbol("left");
