/** Why the Control Surface does not answer a request: see `RefusalWords` in refusal.ts for what each text is. */
export const surfaceRefusals = {
  "surface/wrong-host": {
    says: "The request names the host {host}, and this server answers for {origin} alone.",
    next: "open {origin}",
    why: "A foreign name can be led to this machine. Whoever answers to any name answers to the page that did so.",
  },
  "surface/wrong-origin": {
    says: "The request comes from {given}, and only {origin} may write.",
    next: "act on the page that cto serve opened, or by the command line",
    why: "A browser tells which page asks. A page of somebody else, and whoever hides his own, may not write.",
  },
  "surface/cross-site": {
    says: "The browser says that the request was made by another site: Sec-Fetch-Site is {given}.",
    next: "open the address that cto serve printed",
    why: "What a page of another site asks for is asked by its author, whoever sits before the browser.",
  },
  "surface/no-token": {
    says: "The request does not carry the token of this start of the server.",
    next: "open the address that cto serve printed, with all that stands behind its #",
    why: "Every program of this machine reaches the port. The token is known to whoever started the server, and ends with it.",
  },
  "surface/wrong-type": {
    says: "A write is application/json, and this one is {given}.",
    next: "send the same as application/json",
    why: "A form of any site can send the other types without asking first.",
  },
  "surface/wrong-body": {
    says: "The body of the request is not what this address takes: {problem}.",
    next: "read what the address takes, then send that",
    why: "What is not understood as a whole is not done in part.",
  },
  "surface/too-large": {
    says: "The body of the request has more than {max} bytes.",
    next: "send less",
    why: "What is sent is held in memory before anything is believed of it.",
  },
  "surface/wrong-method": {
    says: "{method} is no method of this address.",
    next: "GET reads; what may be written says cto serve --help",
    why: "Only the routes that are written down exist. There is none that starts a run, admits, or changes keys or policy.",
  },
  "surface/wrong-parameter": {
    says: "The parameter {name} {problem}.",
    next: "leave it out, or give it as the address takes it",
    why: "A parameter that is not understood could be a filter, and a list without it would say too much.",
  },
  "surface/nothing-there": {
    says: "There is no {what} {name}.",
    next: "look into the list that it should be in",
    why: "Names are compared with those that there are. Nothing is read by a name that came from outside.",
  },
  "surface/too-many-streams": {
    says: "{open} streams of events are open, which is as many as there may be.",
    next: "close a page of the Control Surface, then try again",
    why: "Each stream holds a connection. Without a bound a single page could take them all.",
  },
  "surface/digest-moved": {
    says: "{what} is {now}, and the request speaks of {given}.",
    next: "read it again, then decide again",
    why: "Whoever decides about bytes that are no longer there decides about bytes that he has not seen.",
  },
  "surface/replay-running": {
    says: "{level} of {run} is being replayed since {since}, and one replay runs at a time.",
    next: "wait for its result, or cto replay RUN --level LEVEL in a terminal",
    why: "A replay starts sandboxes. Pages that ask for many would take this machine from the runs.",
  },
  "surface/port-taken": {
    says: "Port {port} of {address} cannot be had: {problem}.",
    next: "end what holds it, or name another with --port",
    why: "If another process answered for localhost on one of both addresses, a browser could ask it instead.",
  },
} as const;
