"""Uploads to X where something stops them half-way; the platform is a function that notes what it was asked."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.channels.x_line import Answer
from app.channels.x_media import Uploader
from app.channels.x_refusals import Reply
from app.outreach.outlets.ports import NotReady, NotSent, Outgoing, OutgoingFile, Rejected

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FILE = OutgoingFile("a.jpg", "image/jpeg", b"gambar", "Taman")
UPLOAD, DESCRIBE, STATUS = "POST /2/media/upload", "POST /2/media/metadata", "GET /2/media/upload"


class Platform:
    """Answers with what `answers` says for a call; an exception there is raised."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Any] = {UPLOAD: {"id": "7", "expires_after_secs": 86_400}}

    def __call__(self, method: str, route: str, **options: Any) -> Any:
        self.asked.append(f"{method} {route}")
        answer = self.answers.get(f"{method} {route}", {})
        if isinstance(answer, Exception):
            raise answer

        return Answer(Reply(200, {}, json.dumps({"data": answer}).encode()))


def uploader(platform: Platform, memory: Any, now: datetime = NOW, until: float | None = None) -> Uploader:
    out = Outgoing("k", "", files=(FILE,), now=now, remembered=memory.values)
    return Uploader(platform, out, memory, until=time.monotonic() + 60 if until is None else until)


def test_picture_whose_words_were_refused_is_not_uploaded_again(memory):
    platform = Platform()
    platform.answers[DESCRIBE] = NotSent("500")
    with pytest.raises(NotSent):
        uploader(platform, memory).upload()
    del platform.answers[DESCRIBE]
    assert uploader(platform, memory).upload() == ["7"]
    assert uploader(platform, memory).upload() == ["7"]
    assert platform.asked == [UPLOAD, DESCRIBE, DESCRIBE]


def test_picture_that_x_has_let_go_by_now_is_uploaded_again(memory):
    platform = Platform()
    uploader(platform, memory).upload()
    uploader(platform, memory, now=NOW + timedelta(hours=24)).upload()
    assert platform.asked.count(UPLOAD) == 2


def test_no_new_call_is_begun_when_the_time_is_up(memory):
    platform = Platform()
    with pytest.raises(NotSent):
        uploader(platform, memory, until=time.monotonic() - 1).upload()
    assert platform.asked == []


def test_picture_that_x_works_on_is_waited_for_without_a_thread(memory):
    platform = Platform()
    platform.answers[UPLOAD] = {"id": "7", "processing_info": {"state": "pending", "check_after_secs": 2}}
    platform.answers[STATUS] = {"processing_info": {"state": "in_progress", "check_after_secs": 4}}
    with pytest.raises(NotReady) as caught:
        uploader(platform, memory).upload()
    assert caught.value.after == 4
    platform.answers[STATUS] = {"processing_info": {"state": "succeeded"}}
    assert uploader(platform, memory).upload() == ["7"]
    assert platform.asked == [UPLOAD, STATUS, STATUS, DESCRIBE]


def test_picture_that_x_cannot_use_is_rejected(memory):
    platform = Platform()
    platform.answers[UPLOAD] = {"id": "7", "processing_info": {"state": "pending"}}
    platform.answers[STATUS] = {"processing_info": {"state": "failed"}}
    with pytest.raises(Rejected):
        uploader(platform, memory).upload()


def test_answer_without_a_number_is_not_sent(memory):
    platform = Platform()
    platform.answers[UPLOAD] = {}
    with pytest.raises(NotSent):
        uploader(platform, memory).upload()
