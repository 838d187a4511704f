"""Distributions of the answers to each question, without small cells and those that would give them away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.evidence.instruments.definition import Question, say
from app.evidence.instruments.measures import Item
from app.evidence.results.cells import Bools, Floats, Ints
from app.evidence.results.figures import Figure, Part, figure
from app.evidence.surveys.statistics.publication import LEAST_CELL, LEAST_GROUP, Closed

FEW = f"kurang dari {LEAST_CELL} orang"
ALL_BUT_FEW = f"semua kecuali {FEW}"
NOT_SHOWN = "tidak ditampilkan"


@dataclass(frozen=True)
class AnswerShare:
    """One answer to a question.

    `count` and `share` are None where the cell is hidden, and `said` what stands there; `count` alone where the number
    of people would tell what is hidden elsewhere: the share is in whole percent then.
    """

    label: str
    count: int | None
    share: float | None
    said: str = ""


@dataclass(frozen=True)
class Block:
    """The answers to one question, or to one row of a grid, whose words are `label`.

    `n`: who answered, rounded down where `about`; with fewer than LEAST_GROUP there are no choices.
    """

    label: str
    n: int
    choices: Sequence[AnswerShare]
    decoy: bool = False
    about: bool = False


@dataclass(frozen=True)
class Distribution:
    """One question. `several`: people could choose more than one. `waiting`: texts to be coded of `written`; while some
    wait there are no blocks. `mean`: of a number."""

    key: str
    text: str
    kind: str
    blocks: Sequence[Block]
    mean: Figure | None = None
    written: int = 0
    waiting: int = 0

    @property
    def several(self) -> bool:
        return self.kind in {"many", "text"}


def distributions(part: Part) -> list[Distribution]:
    """Return every question but notes, in the instrument's order."""
    return [_of_question(part, question) for question in part.survey.definition.questions if question.kind != "note"]


def _of_question(part: Part, question: Question) -> Distribution:
    key, text = question.key, say(question.text)
    if question.kind == "number":
        index = part.survey.index(key)
        return Distribution(key, text, "number", (), figure(part, index) if index is not None else None)
    if question.kind == "text":
        return _of_text(part, question, text)
    if question.kind == "grid":
        keys = [[f"{key}.{row.key}={option.key}" for option in question.options] for row in question.rows]
        labels = [say(row.text) for row in question.rows]
        decoys = [row.decoy for row in question.rows]
        return Distribution(key, text, "grid", _blocks(part, keys, labels, _words(question), decoys=decoys))
    keys = [[f"{key}={option.key}" for option in question.options]]
    blocks = _blocks(part, keys, [""], _words(question), several=question.kind == "many")
    return Distribution(key, text, question.kind, blocks)


def _words(question: Question) -> list[str]:
    return [say(option.text) or option.key for option in question.options]


def _of_text(part: Part, question: Question, text: str) -> Distribution:
    index = part.survey.index(f"{question.key}?")
    n, waiting, _squares = part.cells.sums[:, index, :].sum(axis=0) if index is not None else (0, 0, 0)
    blocks: Sequence[Block] = ()
    if question.codes and not waiting:
        keys = [[f"{question.key}:{code.key}" for code in question.codes]]
        blocks = _blocks(part, keys, [""], [say(code.text) or code.key for code in question.codes], several=True)
    waits = int(waiting) if question.codes else 0
    return Distribution(question.key, text, "text", blocks, None, int(n), waits)


def _blocks(
    part: Part,
    keys: Sequence[Sequence[str]],
    labels: Sequence[str],
    words_of: Sequence[str],
    *,
    several: bool = False,
    decoys: Sequence[bool] = (),
) -> list[Block]:
    """One block a row of `keys`."""
    place: Mapping[str, int] = {item.key: number for number, item in enumerate(part.survey.items)}
    columns: Ints = np.array([[place[key] for key in row] for row in keys], dtype=np.int64)
    sums = part.cells.sums[:, columns, :]  # cells × rows × options × 3
    weight: Floats = part.design.weight if part.design else np.ones(len(part.cells))
    asked, chosen = sums[..., 0].sum(axis=0), sums[..., 1].sum(axis=0)
    weighted = np.tensordot(weight, sums, axes=1)
    share = np.divide(weighted[..., 1], weighted[..., 0], out=np.zeros_like(asked), where=weighted[..., 0] > 0)
    counts: Ints = np.rint(chosen).astype(np.int64)
    n: Ints = np.rint(asked.max(axis=1)).astype(np.int64) if asked.size else np.zeros(len(keys), dtype=np.int64)
    made = []
    for row, label in enumerate(labels):
        item = part.survey.items[int(columns[row][0])]
        follows = part.hiding.n_follows(item)
        shown: int | None = int(n[row])
        if not follows and n[row] >= LEAST_CELL:
            shown = part.hiding.about(item, int(n[row]))
        said = _said(part, item, counts[row], int(n[row]), several=several)
        cells = zip(words_of, counts[row].tolist(), share[row].tolist(), said, strict=True)
        choices = [_choice(word, count, part_of, why, exact=follows) for word, count, part_of, why in cells]
        enough = n[row] >= LEAST_GROUP and shown is not None
        decoy = bool(decoys) and decoys[row]
        made.append(Block(label, shown or 0, choices if enough else (), decoy, about=not follows))
    return made


def _choice(label: str, count: int, share: float, said: str, *, exact: bool) -> AnswerShare:
    if said:
        return AnswerShare(label, None, None, said)
    return AnswerShare(label, count, share) if exact else AnswerShare(label, None, round(share, 2))


def _said(part: Part, item: Item, counts: Ints, n: int, *, several: bool) -> list[str]:
    """What stands instead of each cell; nothing where it is open."""
    if several:
        mask = (counts > 0) & (counts < n) & (np.minimum(counts, n - counts) < LEAST_CELL)
        closed = Closed(mask | _left_over(counts, n, mask))
    else:
        closed = part.hiding.closed[item.question or "", item.row]
    return [_why(int(count), n, closed.silent) if hide else ""
            for count, hide in zip(counts, closed.mask, strict=True)]  # fmt: skip


def _why(count: int, n: int, silent: bool) -> str:
    if silent or LEAST_CELL <= count <= n - LEAST_CELL:
        return NOT_SHOWN
    return FEW if count < LEAST_CELL else ALL_BUT_FEW


def _left_over(counts: Ints, n: int, mask: Bools) -> Bools:
    """Where everybody chose at least one and the open choices leave people over, the hidden are at least those: the
    smallest open choice is hidden too."""
    more = np.zeros_like(mask)
    while (mask | more).any() and not (mask | more).all():
        hidden = mask | more
        if n - counts[~hidden].sum() <= 1:
            break
        if more.any():
            break
        more[int(np.argmin(np.where(hidden | (counts == 0), n + 1, counts)))] = True
    return more
