"""Instagram by the Graph: a container per picture, then `media_publish`.

A container is remembered the moment it exists, and that it is going to be published before it is; it is kept until it
is a day old, and after a lost answer the same one is published again. Its states: instagram_container.py.
Source: developers.facebook.com/docs/instagram-platform/content-publishing (v26.0), and graph_wire.py.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.channels.graph import Graph, id_of, text_of
from app.channels.graph_account import INSTAGRAM_RIGHTS, token_report
from app.channels.graph_doctor import examine_account
from app.channels.graph_errors import ContainerEnded, NoSuchObject
from app.channels.graph_figures import gone_or_hidden, may_be_measured
from app.channels.graph_recent import recent_of_account
from app.channels.graph_wire import INSTAGRAM_FIGURES, WRONG_ACCOUNT
from app.channels.instagram_account import MEDIA_PAGES, Account
from app.channels.instagram_checks import problems_of
from app.channels.instagram_container import (
    EXPIRED,
    FAILED,
    FINISHED,
    IN_PROGRESS,
    LOOK_AGAIN,
    NEVER_MADE,
    PUBLISHED,
    Container,
    is_proof_of_absence,
)
from app.channels.wire import ONE_CALL
from app.kernel.clock import Clock
from app.kernel.numbers import are_digits
from app.kernel.text import T
from app.outreach.outlets.ports import (
    PROVISIONAL,
    AccountReport,
    CredentialField,
    Finding,
    HandOver,
    Identity,
    Limits,
    Metrics,
    NeedsSignIn,
    NotReady,
    NotSent,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    OutgoingFile,
    Problem,
    Receipt,
    Rejected,
    Remember,
    Sighting,
)

ITEM_LIFE = timedelta(hours=23)  # of a picture in an album: it has to outlive the album's making
UPLOAD_SECONDS = 90.0
"""How long the pictures of an album may take in one `publish`; what is left waits for the next call."""
MAX_IMAGES = 10


class InstagramChannel:
    limits = Limits(
        max_text=2200,
        min_images=1,
        max_images=MAX_IMAGES,
        max_image_bytes=8 * 1024 * 1024,
        max_hashtags=30,
        image_mimes=("image/jpeg",),
        max_image_side=1440,
    )
    # a picture under way, the album, its status, the quota, the publishing, the address, a look
    seconds = UPLOAD_SECONDS + (6 + MEDIA_PAGES) * ONE_CALL
    can_look = True
    tells_begin = True
    can_measure = True
    can_remove = False
    credential_fields: Sequence[CredentialField] = (
        CredentialField(
            "access_token",
            T("Token akses Instagram"),
            T("Dari Meta for Developers, dengan izin instagram_content_publish."),
        ),
    )
    setting_fields: Sequence[CredentialField] = (
        CredentialField(
            "ig_user_id",
            T("Nomor akun Instagram (IG User ID)"),
            T("Angka 17 digit dari Meta for Developers; bukan nama akun."),
            secret=False,
        ),
    )

    def __init__(self, graph: Graph, figures: Sequence[tuple[str, str]] = INSTAGRAM_FIGURES) -> None:
        self.graph = graph
        self.figures = dict(figures)

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        return list(problems_of(out, self.limits))

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        account, now = Account(self.graph, out), out.now or Clock().now()
        kept = Container.of(out.remembered)
        if kept and kept.ended(now):
            found = self._given_up(account, out, kept, remember)
            if found:
                return found
            kept = None
        kept = kept or self._new(account, out, remember, now)
        status = account.status(kept.id)
        if status == PUBLISHED:
            return self._live(account, out, kept)
        if status == IN_PROGRESS:
            raise NotReady("Instagram masih mengolah gambar", after=kept.wait(now))
        if status in (EXPIRED, FAILED):
            return self._failed(account, out, kept, status, remember)
        account.check_quota(now)
        remember(kept.asked_again(now))
        out.begin()
        return self._publish(account, kept, now)

    def _publish(self, account: "Account", kept: Container, now: datetime) -> Receipt:
        try:
            answer = account.post("media_publish", {"creation_id": kept.id}, lasting=True)
        except NotReady as error:
            raise NotReady(error.detail, after=kept.wait(now), request_id=error.request_id) from error
        except (ContainerEnded, NoSuchObject) as error:
            # this call made nothing; an earlier one may have, and then says the same
            lost = OutcomeUnknown if kept.asked else NotSent
            raise lost(error.detail, request_id=error.request_id) from error
        media_id = id_of(answer.get("id"))
        if media_id is None:
            raise OutcomeUnknown("Instagram menjawab tanpa nomor unggahan")
        return Receipt(media_id, account.permalink(media_id))

    def _new(self, account: "Account", out: Outgoing, remember: Remember, now: datetime) -> Container:
        try:
            made = Container(self._make(account, out, remember, now), now)
        except NoSuchObject as error:
            raise NeedsSignIn(error.detail, sentence=WRONG_ACCOUNT, request_id=error.request_id) from error
        remember(made.kept())
        return made

    def _given_up(self, account: "Account", out: Outgoing, kept: Container, remember: Remember) -> Receipt | None:
        """A container of yesterday may have gone live after a lost answer: then no new one may be made."""
        if kept.asked:
            if account.status(kept.id) == PUBLISHED:
                return self._live(account, out, kept)
            found = account.look(out, kept.at)
            if found:
                return found
        remember(kept.forgotten())
        return None

    def _failed(self, account: "Account", out: Outgoing, kept: Container, status: str, remember: Remember) -> Receipt:
        """Instagram gave the container up; a post of ours is looked for all the same before it is forgotten."""
        found = account.look(out, kept.at) if kept.asked else None
        if found:
            return found
        remember({**kept.forgotten(), "items": {}})
        if status == EXPIRED:
            raise NotSent("Wadah unggahan Instagram kedaluwarsa; dibuat baru pada percobaan berikutnya")
        raise Rejected(T("Instagram tidak dapat memakai gambarnya. Ganti gambar itu, lalu ajukan lagi."))

    def _live(self, account: "Account", out: Outgoing, kept: Container) -> Receipt:
        """Certainly live; its number is known once it is listed."""
        try:
            found = account.look(out, kept.at)
        except NotSent:
            found = None
        return found or Receipt(PROVISIONAL + kept.id)

    def _make(self, account: "Account", out: Outgoing, remember: Remember, now: datetime) -> str:
        if not out.files:
            raise Rejected(T("Instagram memerlukan paling sedikit satu gambar. Tambahkan gambar, lalu ajukan lagi."))
        if len(out.files) == 1:
            return account.made("media", caption=out.text, **_picture(out.files[0]))
        items: dict[str, dict[str, str]] = dict(out.remembered.get("items") or {})
        until = time.monotonic() + UPLOAD_SECONDS
        ids = []
        for number, file in enumerate(out.files):
            known = items.get(str(number))
            if not known or datetime.fromisoformat(known["at"]) + ITEM_LIFE < now:
                if time.monotonic() > until:
                    raise NotReady("Gambar masih disiapkan di Instagram", after=LOOK_AGAIN)
                item = account.made("media", is_carousel_item="true", **_picture(file))
                items[str(number)] = {"id": item, "at": now.isoformat()}
                remember({"items": dict(items)})
            ids.append(items[str(number)]["id"])
        return account.made("media", media_type="CAROUSEL", children=",".join(ids), caption=out.text)

    def find(self, out: Outgoing) -> Receipt | NotThere | None:
        """Look at the container, then in any case at the account's media; see instagram_container.py."""
        if out.copied:  # another container may have been made and published since
            account = Account(self.graph, out)
            return account.look(out, out.look_from or out.now or Clock().now())
        kept = Container.of(out.remembered)
        if kept is None and is_proof_of_absence(out.remembered):
            return NEVER_MADE
        if kept and not kept.asked:
            return NotThere(f"Wadah {kept.id} belum pernah diminta terbit")
        account, now = Account(self.graph, out), out.now or Clock().now()
        if kept is None:
            return account.look(out, out.look_from or now)
        status = account.status(kept.id)
        found = account.look(out, kept.at)
        if found and status != FINISHED:  # while it is FINISHED, what is listed with these words is another's
            return found
        if status == PUBLISHED:
            return Receipt(PROVISIONAL + kept.id)
        return kept.absence(status, now)

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        account = Account(self.graph, Outgoing("", "", credentials=credentials, settings=settings))
        try:
            me = self.graph.call(
                "GET", f"/{account.user_id}", account.token, now=None, params={"fields": "id,username"}
            )
        except (Rejected, NoSuchObject) as error:
            detail = f"Nomor akun Instagram tidak cocok dengan token ini ({error.detail})"
            raise NeedsSignIn(detail, sentence=WRONG_ACCOUNT, request_id=error.request_id) from error
        name = text_of(me.get("username"))
        return Identity(account.user_id, f"@{name}", {"ig_user_id": account.user_id, "username": name})

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        account = Account(self.graph, Outgoing("", "", credentials=credentials, settings=settings))
        return recent_of_account(self.graph, account.user_id, account.token, since=since, now=now)

    fetches_media = True

    def inspect(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime) -> AccountReport:
        name = self.identify(credentials, settings).name
        account = Account(self.graph, Outgoing("", "", credentials=credentials, settings=settings, now=now))
        report = token_report(self.graph, account.token, INSTAGRAM_RIGHTS, now=now)
        return replace(report, quota_left=account.quota_left(), name=name)

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        token = str(credentials.get("access_token") or "")
        if not token:
            raise NeedsSignIn("Token Instagram belum diisi")
        may_be_measured(remote_id)
        try:
            found = self.graph.figures(f"/{remote_id}", token, list(self.figures.values()), now=now)
        except NoSuchObject as error:
            account = str((settings or {}).get("ig_user_id") or "")
            if not are_digits(account):
                raise
            edge = f"/{account}/media"
            raise gone_or_hidden(self.graph, edge, remote_id, token, "timestamp", now, error) from error
        return Metrics(**{name: found.get(insight) for name, insight in self.figures.items()})

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        """Raise HandOver: whoever keeps the account deletes it in the application."""
        raise HandOver("Hanya orang yang dapat menghapusnya")

    def doctor(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> Sequence[Finding]:
        """Return what the account answers differently from the tables."""
        return examine_account(self.graph, str(credentials.get("access_token") or ""), settings, self.figures, now=now)


def _picture(file: OutgoingFile) -> dict[str, str]:
    if not file.public_url:
        raise Rejected(T("Gambar %(file)s belum punya alamat publik. Unggah ulang gambarnya.", file=file.name))
    fields = {"image_url": file.public_url}
    return {**fields, "alt_text": file.alt_text} if file.alt_text else fields


def make(settings: Any) -> InstagramChannel:
    return InstagramChannel(
        Graph(settings.graph_url, settings.graph_version), settings.graph_instagram_insights or INSTAGRAM_FIGURES
    )
