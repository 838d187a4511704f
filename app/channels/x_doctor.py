"""What an account at X answers differently from our tables: for `flask outlets doctor`. It reads and never posts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.channels.x_account import account_report
from app.channels.x_line import Answer, XLine
from app.channels.x_posts import doubt_of, posts_of
from app.channels.x_wire import COUNTED, FIELDS, SHOWN
from app.kernel.text import T
from app.outreach.outlets.ports import ChannelError, Finding

FEWEST = 5  # posts that X hands out at least
COUNTS = ("impression_count", "like_count", "reply_count", "repost_count", "quote_count", "bookmark_count")
WARNINGS = ("deprecat", "sunset", "warning")
"""Parts of the names of headers in which an end is announced (RFC 8594, RFC 9745)."""


def examine(line: XLine, settings: Mapping[str, Any]) -> Sequence[Finding]:
    """Return what differs: whose keys they are, their rights, the account's list, the counts of its newest post."""
    found: dict[str, Finding] = {}
    for sentence in _sentences(line, settings):
        found.setdefault(str(sentence), Finding(sentence))
    return tuple(found.values())


def _sentences(line: XLine, settings: Mapping[str, Any]) -> Iterator[T]:
    try:
        me = line.ask("GET", "/2/users/me")
        yield from _account(me, settings)
        query = {"max_results": FEWEST, FIELDS: SHOWN}
        listed = line.ask("GET", f"/2/users/{me.data().get('id')}/tweets", params=query)
        yield from _announced(listed)
        doubt = doubt_of(listed.document())
        if doubt:
            yield T("Daftar unggahan tidak terbaca seperti biasanya: %(doubt)s", doubt=doubt)
        for post in list(posts_of(listed.document()))[:1]:
            yield from _counts(line.ask("GET", f"/2/tweets/{post['id']}", params={FIELDS: COUNTED}))
    except ChannelError as error:
        yield T("Tidak terjawab seperti yang diharapkan: %(detail)s", detail=error.detail)


def _account(me: Answer, settings: Mapping[str, Any]) -> Iterator[T]:
    yield from _announced(me)
    number, name = str(me.data().get("id", "")), str(me.data().get("username", ""))
    known, known_name = str(settings.get("user_id") or ""), str(settings.get("username") or "")
    if known and number != known:
        yield T("Kunci yang tersimpan milik akun %(name)s, bukan akun saluran ini.", name=f"@{name}")
    elif known_name and name != known_name:
        yield T(
            "Akun ini sekarang bernama “%(name)s”, di sini masih “%(known)s”. Tekan Uji sambungan di Saluran.",
            name=f"@{name}",
            known=f"@{known_name}",
        )
    for right in account_report(me.reply.headers).missing:
        yield T(
            "Kunci akun ini tidak boleh menulis: atur izin aplikasi ke “%(right)s”, lalu buat token baru.", right=right
        )


def _counts(answer: Answer) -> Iterator[T]:
    yield from _announced(answer)
    counts = answer.data().get("public_metrics")
    for name in COUNTS:
        if not isinstance(counts, Mapping) or name not in counts:
            yield T("Angka %(name)s tidak ada lagi di jawaban X.", name=name)


def _announced(answer: Answer) -> Iterator[T]:
    for name, value in answer.reply.headers.items():
        if any(part in name.lower() for part in WARNINGS):
            yield T("Peringatan dari X (%(name)s): %(value)s", name=name, value=value[:200])
