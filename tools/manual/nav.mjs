/** What stands beside every page, in this order. A path ends in .html and is relative to the site. */
export const NAV = [
  [
    "Start",
    [
      ["index.html", "What this is"],
      ["tutorial.html", "Tutorial"],
      ["concepts.html", "Concepts"],
    ],
  ],
  [
    "How to",
    [
      ["how-to/admit-a-target.html", "Admit a target"],
      ["how-to/write-a-packet.html", "Write a packet"],
      ["editors.html", "Write one in an editor"],
      ["how-to/approve-with-a-hardware-key.html", "Approve with a hardware key"],
      ["how-to/verify-offline.html", "Verify offline"],
      ["workers.html", "Run a fleet of workers"],
      ["backup.html", "Back up and archive"],
      ["store.html", "Place the ledger"],
      ["control-surface.html", "Use it in a browser"],
      ["notifications.html", "Be told of events"],
      ["how-to/use-with-assistants.html", "Use it with assistants"],
      ["deployment.html", "Deploy"],
      ["control-export.html", "Export for an audit"],
      ["agents/index.html", "Lead an agent"],
      ["releasing.html", "Release a version"],
    ],
  ],
  [
    "Reference",
    [
      ["reference/cli/index.html", "Command line"],
      ["reference/formats.html", "Formats"],
      ["reference/codes.html", "Codes and states"],
    ],
  ],
  [
    "Judge it",
    [
      ["threat-model.html", "Threat model"],
      ["non-claims.html", "What is not claimed"],
      ["comparison.html", "Comparison with peers"],
      ["benchmarks.html", "How to read the benchmarks"],
      ["faq.html", "Questions"],
      ["adr/index.html", "Decisions"],
    ],
  ],
];
