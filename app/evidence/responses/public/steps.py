"""Steps of a survey without a script, one question a screen: where somebody is, and what comes next.

Nothing is kept on the server: the state travels in the page, signed, so that what comes back is what was written. The
answers are checked once more when they are handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from app.evidence.instruments.definition import Definition, Question
from app.evidence.instruments.logic import asked, read_answer
from app.kernel.errors import Invalid
from app.kernel.text import T

SALT = "survey-steps"
ABOUT = ("~place", "~sex", "~age_band")
"""Screens about the person, before the questions; a "~" stands in no question's key."""
END = "~end"


@dataclass(frozen=True)
class State:
    """Where somebody is in a survey, and what they answered so far.

    `at`: a question's key, one of ABOUT, or END. `place_fixed`: the link says where.
    """

    uuid: str
    wave: str
    at: str = ""
    place_fixed: bool = False
    about: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    language: str = "id"
    started_at: str = ""
    key: str = ""  # of a link for one person


def sign(state: State, secret_key: str) -> str:
    return str(URLSafeSerializer(secret_key, salt=SALT).dumps(vars(state)))


def read(text: str, wave: str, secret_key: str) -> State:
    """Read a signed state. Raises Invalid for what this installation did not write, or wrote for another survey."""
    try:
        state = State(**URLSafeSerializer(secret_key, salt=SALT).loads(text))
    except (BadData, TypeError) as error:
        raise Invalid(T("Isian ini tidak bisa dibaca lagi. Mulai dari awal.")) from error
    if state.wave != wave:
        raise Invalid(T("Isian ini milik survei lain. Mulai dari awal."))
    return state


def path(definition: Definition, state: State) -> list[str]:
    """Return the screens of this person as far as is known now."""
    about = [screen for screen in ABOUT if not (state.place_fixed and screen == "~place")]
    return [*about, *(question.key for question in asked(definition, state.answers))]


def after(definition: Definition, state: State) -> State:
    screens = path(definition, state)
    at = screens.index(state.at) + 1 if state.at in screens else 0
    return replace(state, at=screens[at] if at < len(screens) else END)


def before(definition: Definition, state: State) -> str | None:
    """Return the screen before this one; None where there is none, or where one cannot go back to it."""
    screens = path(definition, state)
    at = screens.index(state.at) if state.at in screens else len(screens)
    if at == 0:
        return None
    question = definition.by_key.get(screens[at - 1])
    return screens[at - 1] if question is None or question.back else None


def answered(
    state: State, question: Question, form: "MultiDict[str, str]"
) -> tuple[State, Mapping[str, Any], T | None]:
    """Return (the state with this answer in it, what was typed as it was typed, what is wrong)."""
    given = typed(question, form)
    answer, problem = read_answer(question, given.get(question.key))
    kept = {name: value for name, value in state.answers.items() if name.partition("/")[0] != question.key}
    if answer is not None:
        kept |= {**given, question.key: answer}
    return replace(state, answers=kept), given, problem


def typed(question: Question, form: "MultiDict[str, str]") -> dict[str, Any]:
    """Read the fields of templates/responses/questions.html as an answer, not checked yet."""
    key = question.key
    given: dict[str, Any] = {}
    if question.kind == "many":
        given[key] = form.getlist(key)
    elif question.kind == "grid":
        rows = {row.key: form.get(f"{key}.{row.key}") for row in question.rows}
        given[key] = {row: option for row, option in rows.items() if option}
    else:
        given[key] = form.get(key)
    for option in question.options:
        if option.other and form.get(f"{key}/{option.key}"):
            given[f"{key}/{option.key}"] = form[f"{key}/{option.key}"]
    return given
