import {
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  text_en,
  type ApplicationText,
} from "@stricli/core";

import { visible } from "../workflow/visible-text.ts";

/** What the parser says about a command line that it cannot follow; whatever was typed is shown escaped. */
export const PARSER_WORDS: ApplicationText = {
  ...text_en,
  noCommandRegisteredForInput: ({ input, corrections }) =>
    `there is no command ${visible(input)}${didYouMean(corrections.map((name) => name.replaceAll("`", "")))}`,
  exceptionWhileParsingArguments: (error) =>
    error instanceof ArgumentScannerError ? visible(sayScanned(error)) : visible(String(error)),
};

const sayScanned = (error: ArgumentScannerError): string =>
  formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) =>
      `there is no flag --${input}${didYouMean(corrections.map(withDashes))}`,
    AliasNotFoundError: ({ input }) => `there is no flag -${input}`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) =>
      `${name.toUpperCase() === name ? name : withDashes(name)}: ${JSON.stringify(input)} cannot be read, ${exception instanceof Error ? exception.message : String(exception)}`,
    EnumValidationError: ({ externalFlagName, input, values }) =>
      `${withDashes(externalFlagName)} is one of ${values.join(", ")}, not ${JSON.stringify(input)}`,
    UnsatisfiedFlagError: ({ externalFlagName, nextFlagName }) =>
      `${withDashes(externalFlagName)} is needed${nextFlagName === undefined ? "" : `, found ${withDashes(nextFlagName)} in its place`}`,
    UnexpectedFlagError: ({ externalFlagName, input }) =>
      `${withDashes(externalFlagName)} is given once, found it again with ${JSON.stringify(input)}`,
    UnexpectedPositionalError: ({ expectedCount, input }) =>
      `${JSON.stringify(input)} is one argument too many, ${expectedCount === 0 ? "none is" : expectedCount === 1 ? "one is" : `${expectedCount} are`} expected`,
    UnsatisfiedPositionalError: ({ placeholder }) => `${placeholder} is needed`,
  });

const withDashes = (name: string): string => (name.startsWith("-") ? name : `--${name}`);

const didYouMean = (names: readonly string[]): string =>
  names.length === 0 ? "" : `; did you mean ${names.join(" or ")}?`;
