"""Text can be read: 4.5:1 or more for every pair of text and ground (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "frontend/src/tokens.css").read_text()
TOKENS = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", CSS))
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
LITERAL = [("#5f5a51", "#e7e4dd"), ("#6b665d", "#ffffff"), ("#4a3200", "#fbe6b2"), ("#ffffff", "#3b2a00")]


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


@pytest.mark.parametrize(("text", "ground"), LITERAL)
def test_disabled_placeholder_and_banner_texts_can_be_read(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
