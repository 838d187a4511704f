"""Text can be read: 4.5:1 or more for every pair of text and ground (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).resolve().parents[2] / "frontend/src"
TOKENS = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", (SHEETS / "tokens.css").read_text()))
GROUNDS = ("ground", "paper", "sunk")
PAIRS = [
    *((text, ground) for text in ("ink", "ink-soft") for ground in GROUNDS),
    *((state, f"{state}-wash") for state in ("ok", "wait", "warn", "bad", "info", "muted")),
    ("torch", "paper"),
    ("ink", "torch-wash"),
    ("paper", "torch"),
    ("paper", "torch-deep"),
    ("paper", "ink"),
]
RULES = [
    ("base.css", ".btn:disabled", None),
    ("base.css", ".form-control:disabled", None),
    ("base.css", ".form-control::placeholder", ".form-control"),
    ("sign-in.css", ".sign-in .btn[disabled]", None),
    ("shell.css", ".practice", None),
    ("shell.css", ".practice a", ".practice"),
    ("shell.css", ".line-note", None),
    ("public.css", ".practice", None),
]
"""Texts with colours of their own: the sheet, the rule, and the rule that gives the ground where it has none."""


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_tokens_can_be_read(text: str, ground: str) -> None:
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


def declared(sheet: str, selector: str, properties: tuple[str, ...]) -> list[str]:
    """Return the colours, as six digits, that the rules of this selector give these properties."""
    css = re.sub(r"/\*.*?\*/", "", (SHEETS / sheet).read_text(), flags=re.S)
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    bodies = [body for of, body in rules if selector in re.split(r",\s*", of.strip())]
    pairs = [pair for body in bodies for pair in re.findall(r"([a-z-]+):\s*([^;]+);", body)]
    given = [value for name, value in pairs if name in properties]
    named = [re.sub(r"var\(--([a-z-]+)\)", lambda found: TOKENS[found[1]], value) for value in given]
    whole = [re.sub(r"#([0-9a-f])([0-9a-f])([0-9a-f])\b", r"#\1\1\2\2\3\3", value) for value in named]
    return [colour for value in whole for colour in re.findall(r"#[0-9a-f]{6}", value)]


@pytest.mark.parametrize(("sheet", "selector", "under"), RULES)
def test_disabled_placeholder_and_banner_texts_can_be_read(sheet: str, selector: str, under: str | None) -> None:
    texts = declared(sheet, selector, ("color",))
    grounds = declared(sheet, under or selector, ("background", "background-color"))
    assert texts
    assert grounds
    assert min(contrast(text, ground) for text in texts for ground in grounds) >= 4.5


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
