/** The target of the demo, in the shape of the seed's: a proven root implementation and one that lags behind it. */
export const SAMPLE_FILES: Readonly<Record<string, string>> = {
  ".gitignore": "__pycache__/\n.pytest_cache/\n",
  "README.md": "# Sample target\n\nTwo slugify implementations; the one in `src/` lags behind.\n",
  "strings.py": `"""The proven implementation."""


def slugify(text: str) -> str:
    return "-".join(text.lower().split())
`,
  "src/strings.py": `"""The implementation that lags behind."""


def slugify(text: str) -> str:
    return text.lower().replace(" ", "-")
`,
  "test_strings.py": `import strings
from src import strings as src_strings


def test_root_joins_words():
    assert strings.slugify("Hello World") == "hello-world"


def test_root_repeated_whitespace():
    assert strings.slugify("a  b") == "a-b"


def test_root_outer_whitespace():
    assert strings.slugify(" a ") == "a"


def test_src_joins_words():
    assert src_strings.slugify("Hello World") == "hello-world"
`,
};

const OLD_LINE = 'return text.lower().replace(" ", "-")';
const NEW_LINE = 'return "-".join(text.lower().split())';
const NEW_TESTS = `

def test_src_repeated_whitespace():
    assert src_strings.slugify("a  b") == "a-b"


def test_src_outer_whitespace():
    assert src_strings.slugify("  a b  ") == "a-b"
`;

const HONEST = [
  { think: "The root implementation splits on whitespace; src replaces single spaces." },
  { plan: ["Align src/strings.py", "Cover repeated and outer whitespace", "Run the tests"] },
  { read: "strings.py" },
  { edit: "src/strings.py", old: OLD_LINE, new: NEW_LINE },
  { write: "test_strings.py", content: `${SAMPLE_FILES["test_strings.py"] ?? ""}${NEW_TESTS}` },
  { run: "python3 -m pytest -q" },
  { say: "src.strings.slugify now splits on whitespace, and the tests cover it." },
];

export const SCENARIOS = ["accept", "reject", "violation", "tamper"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** What the scripted agent plays in each scenario. */
export const SCENARIO_STEPS: Readonly<Record<Scenario, readonly object[]>> = {
  accept: HONEST,
  reject: HONEST,
  tamper: HONEST,
  violation: [
    { say: "I need a few more files than the contract lists." },
    { run: "git push origin main" },
    { write: ".env", content: "TOKEN=abc\n", native: true },
    { write: ".github/workflows/ci.yml", content: "on: push\n", native: true },
    ...HONEST,
  ],
};

/** The owner's probe for the first criterion: both implementations agree over a corpus of whitespace. */
export const SAMPLE_PROBE = `import itertools, strings, src.strings
parts = ["", " ", "  ", "\\t", "A", "b c", "\\n"]
corpus = ["".join(p) for p in itertools.product(parts, repeat=3)]
assert all(src.strings.slugify(t) == strings.slugify(t) for t in corpus)
`;
