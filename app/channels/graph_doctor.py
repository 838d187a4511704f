"""What an account at the Graph answers differently from our tables: for `flask outlets doctor`. It reads and never
posts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.channels.graph import Answer, Graph, id_of, mapping_of, mappings_of, text_of
from app.channels.graph_errors import port_error
from app.channels.graph_wire import REQUESTS
from app.kernel.text import T
from app.outreach.outlets.ports import ChannelError, Finding

VERSION_HEADER = "facebook-api-version"
WARNING_HEADERS = ("deprecat", "sunset", "warning")
"""Parts of the names of headers in which a platform announces an end (RFC 8594, RFC 9745; seen with Meta's ads)."""
ROWS = {row.name: row for row in REQUESTS}


class Examination:
    """The questions put to one account, and what was found."""

    def __init__(self, graph: Graph, token: str, now: datetime) -> None:
        self._graph, self._token, self._now = graph, token, now
        self._found: dict[str, Finding] = {}

    @property
    def findings(self) -> Sequence[Finding]:
        return tuple(self._found.values())

    def note(self, sentence: T) -> None:
        self._found.setdefault(str(sentence), Finding(sentence))

    def ask(self, name: str, path: str, **query: Any) -> Mapping[str, Any] | None:
        """Put a question of the table; return the answer, or the first entry of a list, None where there is none."""
        body = self._put(name, path, query)
        if body is None:
            return None
        listed = body.get("data")
        if "data" in body and list(mappings_of(listed)) != listed:
            self.note(T("“%(name)s”: jawabannya tidak dapat dibaca.", name=name))
            return None
        entry = next(iter(listed), None) if isinstance(listed, list) else body
        if entry is not None:
            for field in _missing(entry, ROWS[name].reads):
                self.note(T("“%(name)s”: kolom %(field)s tidak ada lagi di jawaban.", name=name, field=field))
        return entry

    def insights(self, path: str, names: Mapping[str, str], setting: str) -> None:
        """Ask for each name of a figure by itself, so that one that ended is named."""
        for figure, insight in names.items():
            answer = self._answer(f"{path}/insights", {"metric": insight, "period": "lifetime"})
            error = mapping_of(mapping_of(answer.body).get("error")) if answer else {}
            if not answer or not error:
                continue
            if error.get("code") == 100 and error.get("error_subcode") is None:
                self.note(
                    T(
                        "Angka “%(insight)s” (%(figure)s) tidak dikenal lagi. Cari nama barunya di dokumen Meta, lalu "
                        "atur %(setting)s.",
                        insight=insight,
                        figure=figure,
                        setting=setting,
                    )
                )
            else:
                self._refused("insights", answer)

    def _put(self, name: str, path: str, query: Mapping[str, Any]) -> Mapping[str, Any] | None:
        answer = self._answer(path, query)
        if answer is None:
            return None
        if not isinstance(answer.body, dict) or answer.body.get("error") or not 200 <= answer.status < 300:
            self._refused(name, answer)
            return None
        return answer.body

    def _answer(self, path: str, query: Mapping[str, Any]) -> Answer | None:
        try:
            answer = self._graph.ask("GET", path, self._token, params=dict(query))
        except ChannelError as error:
            self.note(T("Tidak terjawab: %(detail)s", detail=error.detail))
            return None
        for sentence in self._announced(answer.headers):
            self.note(sentence)
        return answer

    def _announced(self, headers: Mapping[str, str]) -> Iterator[T]:
        served = headers.get(VERSION_HEADER, "")
        if served and served != self._graph.version:
            yield T(
                "Meta menjawab dengan versi %(served)s, bukan %(asked)s yang diminta. Atur GAUNG_GRAPH_VERSION setelah "
                "versi barunya dicoba.",
                served=served,
                asked=self._graph.version,
            )
        for name, value in headers.items():
            if any(part in name.lower() for part in WARNING_HEADERS):
                yield T("Peringatan dari Meta (%(name)s): %(value)s", name=name, value=value[:200])

    def _refused(self, name: str, answer: Answer) -> None:
        error = mapping_of(mapping_of(answer.body).get("error"))
        meant = port_error(error, answer.status, answer.headers, self._now, lasting=False)
        self.note(T("“%(name)s” ditolak: %(detail)s", name=name, detail=meant.detail))


def _missing(entry: Mapping[str, Any], fields: Sequence[str]) -> Iterator[str]:
    for field in fields:
        found: Any = entry
        for part in field.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            yield field


def examine_page(
    graph: Graph, token: str, settings: Mapping[str, Any], figures: Mapping[str, str], *, now: datetime
) -> Sequence[Finding]:
    """Return what differs at a Page: whose token it is, its list of posts, counts and insights of the newest."""
    look = Examination(graph, token, now)
    me = look.ask("whose token", "/me", fields="id,name,category")
    page = str(settings.get("page_id") or "")
    if me is not None and page and id_of(me.get("id")) != page:
        look.note(T("Kunci yang tersimpan milik “%(name)s”, bukan Halaman %(page)s.", name=me.get("name"), page=page))
    elif me is not None:
        _renamed(look, text_of(me.get("name")), str(settings.get("account_name") or ""))
    fields = "id,message,created_time,permalink_url"
    post = look.ask("posts of the page", f"/{page or 'me'}/published_posts", fields=fields, limit=1)
    post_id = id_of((post or {}).get("id"))
    if post_id:
        counted = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count),shares"
        look.ask("counts of a post", f"/{post_id}", fields=counted)
        look.insights(f"/{post_id}", figures, "GAUNG_GRAPH_PAGE_INSIGHTS")
    return look.findings


def examine_account(
    graph: Graph, token: str, settings: Mapping[str, Any], figures: Mapping[str, str], *, now: datetime
) -> Sequence[Finding]:
    """Return what differs at an Instagram account: its name, quota, list of media, insights of the newest."""
    look = Examination(graph, token, now)
    account = str(settings.get("ig_user_id") or "")
    me = look.ask("account", f"/{account}", fields="id,username")
    if me is not None:
        _renamed(look, f"@{text_of(me.get('username'))}", str(settings.get("account_name") or ""))
    look.ask("quota", f"/{account}/content_publishing_limit", fields="config,quota_usage")
    fields = "id,caption,permalink,timestamp"
    media = look.ask("media of the account", f"/{account}/media", fields=fields, limit=1)
    media_id = id_of((media or {}).get("id"))
    if media_id:
        look.insights(f"/{media_id}", figures, "GAUNG_GRAPH_INSTAGRAM_INSIGHTS")
    return look.findings


def _renamed(look: Examination, name: str, known: str) -> None:
    if name.strip("@") and known and name != known:
        look.note(
            T(
                "Akun ini sekarang bernama “%(name)s”, di sini masih “%(known)s”. Tekan Uji sambungan di Saluran.",
                name=name,
                known=known,
            )
        )
