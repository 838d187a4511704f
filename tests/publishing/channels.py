"""A channel whose answers are written down before: for the ledger's rules, where no wire is meant."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.outreach.outlets.ports import Identity, Limits, NotThere, Outgoing, Problem, Receipt, Remember, Sighting

Answer = Receipt | NotThere | Exception | None | Callable[[Outgoing, Remember], Any]


class ScriptedChannel:
    limits = Limits(max_text=280, max_images=4)
    seconds = 10.0
    credential_fields = ()
    setting_fields = ()

    def __init__(self, *publishes: Answer, finds: list[Answer] | None = None, can_look: bool = True) -> None:
        self.publishes, self.finds, self.can_look = list(publishes), finds or [], can_look
        self.sent: list[Outgoing] = []
        self.looked: list[Outgoing] = []
        self.shown: list[Sighting] | Exception = []
        self.can_resend = False

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        return []

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        self.sent.append(out)
        answer = self.publishes.pop(0) if self.publishes else Receipt(f"id-{len(self.sent)}", "https://x.example/1")
        return self._give(answer, out, remember)

    def find(self, out: Outgoing) -> Receipt | NotThere | None:
        self.looked.append(out)
        return self._give(self.finds.pop(0) if self.finds else None, out, lambda values: None)

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        if isinstance(self.shown, Exception):
            raise self.shown
        return self.shown

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        return Identity("1", "uji")

    @staticmethod
    def _give(answer: Answer, out: Outgoing, remember: Remember) -> Any:
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(out, remember)
        return answer
