"""Templates and style sheets: lines that can be read, in the formatters' form."""

import subprocess
from pathlib import Path

import cssbeautifier
import pytest
from django.conf import settings

LONGEST_LINE = 160
"""Characters; the formatters wrap earlier, but break no message and no attribute."""


def tracked(*patterns: str) -> tuple[str, ...]:
    """The files of the repository that match, relative to its root."""
    command = ["git", "ls-files", "--", *patterns]
    run = subprocess.run(
        command, cwd=settings.ROOT, check=True, capture_output=True, text=True
    )
    return tuple(run.stdout.splitlines())


TEMPLATES = tracked("*.html", "*/templates/*.txt", "*/templates/*.svg")
STYLE_SHEETS = tracked("*.css")


def test_repository_holds_templates_and_style_sheets():
    assert len(TEMPLATES) > 100
    assert len(STYLE_SHEETS) > 10


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLE_SHEETS])
def test_no_line_is_longer_than_160_characters(path):
    lines = Path(settings.ROOT, path).read_text().splitlines()

    assert not [line for line in lines if len(line) > LONGEST_LINE]


@pytest.mark.parametrize("path", STYLE_SHEETS)
def test_style_sheet_has_one_declaration_a_line(path):
    text = Path(settings.ROOT, path).read_text()
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.end_with_newline = True

    assert cssbeautifier.beautify(text, options) == text, "run `make fmt`"
