/** Ends a switch over a closed union: a member that nobody thought of does not compile, and if it comes it crashes. */
export const assertNever = (value: never): never => {
  throw new TypeError(`not a member of its union: ${JSON.stringify(value)}`);
};
