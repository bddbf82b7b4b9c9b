/** The contract's command for a target whose tests are of pytest. */
export const PYTEST: readonly string[] = ["python3", "-m", "pytest", "-q"];

/** test_strings.py of such a target: two tests that pass before and after the honest change. */
export const PYTEST_TESTS: string = `import pytest

from src.strings import slugify


def test_words():
    assert slugify("Hello World") == "hello-world"


def test_lower():
    assert slugify("ABC") == "abc"
`;
