"""Views that show contacts of others, or hand out a file, are marked: else nobody knows who read or took them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.rooms import APP, ROOMS, folder_of

CONTACT = re.compile(
    r"\b(?!form\b)\w+(?:\.\w+)*\.(?:phone|email)\b|\bmasked\(|\bshown_phone\(|\.phone\(|ui\.field\((?:\w+_)?form\.(?:phone|email)"
)
INCLUDED = re.compile(r'\{%-?\s*include\s+"([^"]+)"')
MARK = "shows_contacts"
HANDS_OUT = {"picture", "send_file"}
"""What answers with a file and does not go through `web.files.download`, which writes itself down."""

NOT_OF_OTHERS = {
    "access.account": "one's own",
    "access.change_contact": "one's own",
    "access.change_password": "one's own",
    "communities.new": "asks for contacts and shows none that are kept",
    "communities.complete": "asks for contacts of a group that has none yet",
    "communities.new_member": "asks for contacts and shows none that are kept",
    "events.registration_new": "asks for contacts and shows none that are kept",
    "events.registration_add": "the form again, with what was typed",
    "people.organisation_new": "asks for contacts and shows none that are kept",
    "people.user_new": "asks for contacts and shows none that are kept",
    "training.participant_new": "asks for contacts and shows none that are kept",
    "training.nominate": "asks for contacts and shows none that are kept",
    "training.nominated": "the form again, with what was typed",
}


@cache
def templates() -> dict[str, str]:
    found = APP.rglob("templates/**/*.html")
    return {str(path).split("/templates/")[1]: path.read_text(encoding="utf-8") for path in found}


@cache
def shows(name: str) -> bool:
    """Whether the template, or one that it includes, writes a contact."""
    seen, left = set(), [name]
    while left:
        one = left.pop()
        text = templates().get(one, "")
        if CONTACT.search(text):
            return True
        seen.add(one)
        left += [part for part in INCLUDED.findall(text) if part not in seen]
    return False


class Room:
    """The views of a room, and which templates and answers they reach through functions of the room."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._functions: dict[tuple[str, str], ast.FunctionDef] = {}
        for path in sorted(folder.rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef):
                    self._functions[str(path), node.name] = node

    def views(self) -> Iterator[tuple[str, set[str], set[str], set[str]]]:
        """(endpoint, marks, templates, calls)"""
        for (file, name), node in self._functions.items():
            marks = [ast.unparse(one) for one in node.decorator_list]
            route = next((one for one in node.decorator_list if ast.unparse(one).startswith("bp.")), None)
            if not isinstance(route, ast.Call) or not re.match(r"bp\.(get|post|route)\(", ast.unparse(route)):
                continue
            given = next((one.value for one in route.keywords if one.arg == "endpoint"), None)
            endpoint = given.value if isinstance(given, ast.Constant) else name
            reached = self._reach(file, name, set())
            names = {one.split("(")[0] for one in marks}
            words = {node.value for one in reached for node in ast.walk(one) if isinstance(node, ast.Constant)}
            calls = {
                ast.unparse(node.func).rpartition(".")[2]
                for one in reached
                for node in ast.walk(one)
                if isinstance(node, ast.Call)
            }
            yield f"{self.name}.{endpoint}", names, {word for word in words if word in templates()}, calls

    def _reach(self, file: str, name: str, seen: set[tuple[str, str]]) -> list[ast.FunctionDef]:
        """The function and those of the room that it calls by name; of equal names, that of the same file."""
        here = (file, name) if (file, name) in self._functions else self._elsewhere(name)
        if here is None or here in seen:
            return []
        seen.add(here)
        found = [self._functions[here]]
        for node in ast.walk(self._functions[here]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found += self._reach(here[0], node.func.id, seen)
        return found

    def _elsewhere(self, name: str) -> tuple[str, str] | None:
        return next((one for one in self._functions if one[1] == name and not name.startswith("_")), None)


def views() -> Iterator[tuple[str, set[str], set[str], set[str]]]:
    for folder in [*ROOMS.values(), folder_of("practice")]:
        yield from Room(folder).views()


def test_views_that_show_contacts_of_others_are_marked() -> None:
    found = {
        endpoint: marks for endpoint, marks, used, _calls in views() if "public" not in marks and any(map(shows, used))
    }
    assert len(found) > 20, "the search finds the pages"
    unmarked = {endpoint for endpoint, marks in found.items() if MARK not in marks} - set(NOT_OF_OTHERS)
    assert unmarked == set()


def test_who_is_excused_is_a_view_without_a_mark() -> None:
    known = {endpoint: marks for endpoint, marks, _used, _calls in views()}
    assert [one for one in NOT_OF_OTHERS if one not in known or MARK in known[one]] == []


NO_PEOPLE = {
    "commitments.document": "a regulation or agreement",
    "commitments.evidence_file": "evidence of an agreement",
    "events.photo": "as many as the page has",
    "media.show": "papers are noted where they are shown, pictures are as many as the page has",
    "media.thumbnail": "as many as the page has",
    "posts.picture": "as many as the page has",
    "practice.letters": "the font of the practice wall",
    "programmes.material": "material of a training",
    "publishing.file": "what was published",
    "recaps.evidence_file": "evidence of an evaluation",
    "surveys.result_file": "a published result",
}
"""Stored files that are no list of people."""


def test_views_that_hand_out_a_file_by_another_way_are_marked() -> None:
    found = {
        endpoint
        for endpoint, marks, _used, calls in views()
        if "public" not in marks and "takes_away" not in marks and calls & HANDS_OUT
    }
    assert found == set(NO_PEOPLE)
