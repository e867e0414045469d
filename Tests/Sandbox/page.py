"""docs/sandbox.md holds the same table as the command: every ending with its effect, and every route."""
from pathlib import Path

from harness import Sandbox, run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sandbox.md"


def test_the_page_has_the_whole_table():
    page = PAGE.read_text()
    with Sandbox() as sandbox:
        document = sandbox.ask("GET", "/sandbox")[1]
    for row in document["recipients"]["endings"]:
        assert f"| `…{row['ending']}` | {row['effect']} |" in page, f"docs/sandbox.md lacks {row}"
    lines = [line for line in page.splitlines() if line.startswith("| `…")]
    assert len(lines) == len(document["recipients"]["endings"]), "docs/sandbox.md has endings that the sandbox does not play"
    for row in document["media"]:
        assert f"| `{row['ending']}` | {row['effect']} |" in page, f"docs/sandbox.md lacks {row}"
    for route in document["routes"]:
        assert f"`{route}`" in page, f"docs/sandbox.md lacks {route}"


def test_the_page_has_every_option():
    page = PAGE.read_text()
    for line in run("sandbox", "--help")[1].splitlines():
        if line.startswith("  --") and not line.startswith("  --version"):
            assert f"`{line.split()[0]}" in page, f"docs/sandbox.md lacks {line.split()[0]}"


def test_the_help_has_the_whole_table():
    text = " ".join(run("sandbox", "--help")[1].split())
    with Sandbox() as sandbox:
        for row in sandbox.ask("GET", "/sandbox")[1]["recipients"]["endings"]:
            assert row["effect"] in text, row
