/** What each attribute of an event line says. */
export const EVENT_WORDS: Readonly<Record<string, string>> = {
  specversion: "CloudEvents 1.0.",
  id: "A ULID drawn from the time and the place in the chain: the same fact has the same id.",
  source: "The host by the digest of its id, and the run.",
  type: "What happened, in the past tense.",
  dataschema: "The form of data, by type and version.",
  subject: "What it is about: gate/N, tool/ID, path/PATH, canary/ID, step/NAME or run.",
  time: "When the Harness received it, UTC with milliseconds.",
  datacontenttype: "data is JSON.",
  sequence: "Its place in the run, from 0, in ten digits.",
  prevhash: "SHA-256 of the line before without its line feed; of the first line, a digest of the run's id.",
  trust: "Who vouches for it. Nothing that decides reads a claim.",
  authtype: "system for what the Harness saw, unauthenticated for a claim.",
  authid: "harness, or the backend whose claim it is.",
  data: "The fact itself, after redaction.",
};
