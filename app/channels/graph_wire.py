"""The Graph as it is documented: what we ask of it, and what its refusals mean for a delivery.

`REFUSALS` is read from the top: special rows stand before general ones. A sentence may hold `%(said)s`, the words of
the platform. What is marked as not verified stands in no document that was read, only in answers that others saw.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from app.channels.wire_tables import Outcome, Refusal, Request, Source
from app.kernel.text import T

READ = date(2026, 12, 3)
DOCS = "https://developers.facebook.com/docs"
PLATFORM = "https://developers.facebook.com/documentation/instagram-platform"
ERRORS = Source(f"{DOCS}/graph-api/guides/error-handling", READ)
LIMITS = Source(f"{DOCS}/graph-api/overview/rate-limiting/", READ)
LIMIT_CODES = Source(f"{DOCS}/graph-api/overview/rate-limiting/", READ, verified=False)
INSTAGRAM_ERRORS = Source(f"{PLATFORM}/instagram-graph-api/reference/error-codes", READ)
OUTAGE = Source("https://github.com/gitroomhq/postiz-app/issues/1562", READ, verified=False)
SEEN = Source("https://github.com/gitroomhq/postiz-app", READ, verified=False)
FACTS = Source(f"{DOCS}/graph-api/guides/error-handling", READ, verified=False)
"""Codes that this page does not list; known from answers."""

POSTS = Source(f"{DOCS}/pages-api/posts", READ)
DELETING = Source(f"{DOCS}/graph-api/reference/pagepost/", READ, verified=False)
PHOTOS = Source(f"{DOCS}/graph-api/reference/page/photos/", READ)
TOKENS = Source(f"{DOCS}/graph-api/reference/debug_token", READ, verified=False)
PAGE = Source(f"{DOCS}/graph-api/reference/page/", READ)
PAGE_INSIGHTS = Source(f"{DOCS}/graph-api/reference/page-post/insights/", READ)
PUBLISHING = Source(f"{PLATFORM}/content-publishing", READ)
CONTAINER = Source(f"{PLATFORM}/instagram-graph-api/reference/ig-container", READ)
MEDIA = Source(f"{PLATFORM}/instagram-graph-api/reference/ig-user/media", READ)
QUOTA = Source(f"{PLATFORM}/instagram-graph-api/reference/ig-user/content_publishing_limit", READ)

REQUESTS: Sequence[Request] = (
    Request("whose token", "GET", "/me", PAGE, ("fields",), ("id", "name", "category"), ("id", "name")),
    Request("token", "GET", "/debug_token", TOKENS, ("input_token",), (), ("data",)),
    Request("photo", "POST", "/{page}/photos", PHOTOS, ("published", "alt_text_custom", "source"), (), ("id",)),
    Request("page post", "POST", "/{page}/feed", POSTS, ("message", "link", "attached_media[#]"), (), ("id",)),
    Request(
        "posts of the page", "GET", "/{page}/published_posts", POSTS, ("fields", "limit", "after"),
        ("id", "message", "created_time", "permalink_url"), ("id", "created_time", "permalink_url"),
    ),
    Request(
        "counts of a post", "GET", "/{post}", POSTS, ("fields",), ("id", "reactions", "comments", "shares"),
        ("reactions.summary.total_count", "comments.summary.total_count"),
    ),
    Request("delete", "DELETE", "/{post}", DELETING, (), (), ("success",)),
    Request("take down", "DELETE", "/{post}", POSTS, (), (), ("success",)),
    Request("insights", "GET", "/{object}/insights", PAGE_INSIGHTS, ("metric", "period"), (), ("name", "values")),
    Request("account", "GET", "/{account}", PUBLISHING, ("fields",), ("id", "username"), ("id", "username")),
    Request(
        "container", "POST", "/{account}/media", PUBLISHING,
        ("image_url", "alt_text", "caption", "is_carousel_item", "media_type", "children"), (), ("id",),
    ),
    Request(
        "container status", "GET", "/{container}", CONTAINER, ("fields",), ("status_code", "status"), ("status_code",),
    ),
    Request(
        "quota", "GET", "/{account}/content_publishing_limit", QUOTA, ("fields",), ("config", "quota_usage"),
        ("config.quota_total", "quota_usage"),
    ),
    Request("publish", "POST", "/{account}/media_publish", PUBLISHING, ("creation_id",), (), ("id",)),
    Request("address", "GET", "/{media}", MEDIA, ("fields",), ("permalink",), ("permalink",)),
    Request(
        "media of the account", "GET", "/{account}/media", MEDIA, ("fields", "limit", "after"),
        ("id", "caption", "permalink", "timestamp"), ("id", "permalink", "timestamp"),
    ),
)  # fmt: skip

RESUMES = T(
    "Belum terkirim: akun ini terlalu sering dipanggil dalam waktu singkat. Dilanjutkan dengan sendirinya, tidak ada "
    "yang perlu dikerjakan."
)
CAPPED = T(
    "Belum terkirim: jatah unggahan akun ini untuk 24 jam sudah habis. Dilanjutkan dengan sendirinya begitu ada jatah "
    "lagi; yang tidak bisa menunggu, terbitkan sendiri di aplikasinya."
)
RESTRICTED = T(
    "Belum terkirim: akun ini sedang dibatasi. Pengelola akun perlu membuka aplikasinya dan menyelesaikan "
    "pemberitahuan di sana; setelah itu dilanjutkan dengan sendirinya."
)
CHECKPOINT = T(
    "Belum terkirim: Meta meminta pengelola akun membuktikan dirinya. Pengelola akun masuk ke facebook.com atau "
    "aplikasinya, menyelesaikan pemeriksaan di sana, lalu menghubungkan ulang akun ini di Saluran."
)
APPLICATION = T(
    "Belum terkirim: aplikasi Meta milik kantor belum boleh melakukan ini. Admin Gaung perlu memeriksa izin dan "
    "kemampuan aplikasi di developers.facebook.com."
)
ADDRESS = T(
    "Belum terkirim: aplikasi Meta hanya menerima panggilan dari alamat yang terdaftar, dan alamat server ini tidak "
    "termasuk. Admin Gaung perlu menambahkannya di developers.facebook.com."
)
VERSION = T(
    "Belum terkirim: Meta tidak lagi melayani cara panggilan ini. Admin Gaung perlu memperbarui Gaung atau versi Graph "
    "yang dipakai."
)
PROOF = T(
    "Belum terkirim: aplikasi Meta meminta bukti rahasia aplikasi (App Secret Proof) pada tiap panggilan. Admin Gaung "
    "perlu mematikan “Require App Secret” di developers.facebook.com."
)
PERMISSION = T(
    "Belum terkirim: izin untuk menerbitkan di akun ini tidak ada atau sudah dicabut. Pengelola akun perlu memberi "
    "izin itu, lalu menghubungkan ulang akun ini di Saluran."
)
ROLE = T(
    "Belum terkirim: pemilik token tidak lagi bertugas di Halaman ini. Pengelola Halaman perlu memberinya tugas, lalu "
    "hubungkan ulang akun ini di Saluran."
)
TAKEN_OFF = T(
    "Belum terkirim: aplikasi Meta milik kantor sudah dilepas dari akun ini. Hubungkan ulang akun ini di Saluran."
)
EXPIRED = T("Masa berlaku sambungan akun ini habis. Hubungkan ulang akun ini di Saluran.")
SAME = T("Isi yang sama baru saja tayang di akun ini. Ubah kalimatnya, lalu ajukan lagi.")
COMMUNITY = T("Ditolak karena dianggap melanggar aturan komunitas (“%(said)s”). Ubah isinya, lalu ajukan lagi.")
PICTURE = T("Ukuran atau jenis gambarnya ditolak. Pakai JPG di bawah 8 MB, antara 4:5 dan 1,91:1, lalu ajukan lagi.")
FETCHED = T("Gambar tidak dapat diambil dari alamat publik kita")
CAPTION = T("Teksnya terlalu panjang atau tagarnya terlalu banyak untuk Instagram. Pendekkan, lalu ajukan lagi.")
CONTENT = T("Ditolak dengan alasan “%(said)s”. Perbaiki isinya, lalu ajukan lagi.")
UNLISTED = T(
    "Belum terkirim: ditolak dengan alasan yang belum dikenal (“%(said)s”). Putuskan: kirim lagi, ubah materinya, atau "
    "batalkan."
)
WRONG_ACCOUNT = T(
    "Belum terkirim: kunci yang tersimpan bukan milik akun ini, atau izinnya sudah dicabut. Pengelola akun perlu "
    "menghubungkan ulang akun yang benar di Saluran."
)

TRY, UNSURE, PAUSED, SIGN_IN = Outcome.TRY_AGAIN, Outcome.UNKNOWN, Outcome.PAUSED, Outcome.SIGN_IN
REJECTED, DUPLICATE, READY = Outcome.REJECTED, Outcome.DUPLICATE, Outcome.NOT_READY
QUARTER, HOUR, HOURS = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3)


def _row(
    outcome: Outcome, meaning: str, source: Source, code: int | range | None = None, subcode: int | None = None, *,
    sentence: T | None = None, pause: timedelta | None = None, says: Sequence[str] = (), status: int | None = None,
    publishing: Outcome | None = None,
) -> Refusal:  # fmt: skip
    return Refusal(
        meaning, outcome, source, status=status, code=_numbers(code), subcode=_numbers(subcode), says=says,
        publishing=publishing, sentence=sentence, pause=pause,
    )  # fmt: skip


def _numbers(number: int | range | None) -> range | None:
    return range(number, number + 1) if isinstance(number, int) else number


INSTAGRAM = (
    _row(READY, "the container is not ready", INSTAGRAM_ERRORS, 9007, 2207027),
    _row(PAUSED, "posts of a day used up", INSTAGRAM_ERRORS, 9, 2207042, sentence=CAPPED, pause=HOUR),
    # "restricted", yet such posts were seen live
    _row(PAUSED, "taken for spam", INSTAGRAM_ERRORS, 4, 2207051, sentence=RESTRICTED, pause=HOUR, publishing=UNSURE),
    _row(SIGN_IN, "account inactive or checkpointed", INSTAGRAM_ERRORS, 25, sentence=CHECKPOINT),
    _row(SIGN_IN, "account inactive or checkpointed", INSTAGRAM_ERRORS, None, 2207050, sentence=CHECKPOINT),
    _row(Outcome.EXPIRED, "no permission, or the container is gone", INSTAGRAM_ERRORS, 24, 2207006),
    _row(Outcome.EXPIRED, "temporary, or the container is gone", INSTAGRAM_ERRORS, 24, 2207008),
    _row(Outcome.EXPIRED, "the container has expired", INSTAGRAM_ERRORS, -2, 2207020),
    _row(TRY, "picture too slow to fetch", INSTAGRAM_ERRORS, -2, 2207003, sentence=FETCHED),
    _row(TRY, "picture cannot be fetched", INSTAGRAM_ERRORS, 9004, sentence=FETCHED),
    _row(TRY, "server error", INSTAGRAM_ERRORS, -1, 2207001, publishing=UNSURE),
    _row(TRY, "container not made", INSTAGRAM_ERRORS, -1, 2207032, publishing=UNSURE),
    _row(TRY, "unknown upload error", INSTAGRAM_ERRORS, -1, 2207053, publishing=UNSURE),
    _row(REJECTED, "picture too large", INSTAGRAM_ERRORS, 36000, 2207004, sentence=PICTURE),
    _row(REJECTED, "picture of another format", INSTAGRAM_ERRORS, 36001, 2207005, sentence=PICTURE),
    _row(REJECTED, "picture too wide or too tall", INSTAGRAM_ERRORS, 36003, 2207009, sentence=PICTURE),
    _row(REJECTED, "caption too long", INSTAGRAM_ERRORS, None, 2207010, sentence=CAPTION),
)
PAGE_SUBCODES = (
    _row(PAUSED, "posting too fast", SEEN, 368, 1390008, sentence=RESTRICTED, pause=HOUR),
    _row(REJECTED, "flagged as abusive", SEEN, None, 1346003, sentence=COMMUNITY),
    _row(REJECTED, "against the community standards", SEEN, None, 1404102, sentence=COMMUNITY),
    _row(PAUSED, "security check", SEEN, None, 1404006, sentence=RESTRICTED, pause=HOURS),
    _row(PAUSED, "limited for some days", SEEN, None, 1404112, sentence=RESTRICTED, pause=HOURS),
    _row(PAUSED, "identity to be confirmed", SEEN, None, 4854002, sentence=RESTRICTED, pause=HOURS),
    _row(SIGN_IN, "authorisation to publish missing", SEEN, None, 1404078, sentence=CHECKPOINT),
    _row(DUPLICATE, "pictures posted already", SEEN, None, 1366051, sentence=SAME),
    _row(REJECTED, "picture too large", SEEN, None, 1366046, sentence=PICTURE),
    _row(TRY, "down for the moment", SEEN, None, 1363047, publishing=UNSURE),
    _row(TRY, "down for the moment", SEEN, None, 1609010, publishing=UNSURE),
)
SESSIONS = (
    _row(SIGN_IN, "the application was removed", ERRORS, 190, 458, sentence=TAKEN_OFF),
    _row(SIGN_IN, "checkpoint", ERRORS, 190, 459, sentence=CHECKPOINT),
    _row(SIGN_IN, "password changed", ERRORS, 190, 460, sentence=EXPIRED),
    _row(SIGN_IN, "token expired", ERRORS, 190, 463, sentence=EXPIRED),
    _row(SIGN_IN, "user not confirmed", ERRORS, 190, 464, sentence=CHECKPOINT),
    _row(SIGN_IN, "token invalid", ERRORS, 190, 467, sentence=EXPIRED),
    _row(SIGN_IN, "no role on the Page", ERRORS, 190, 492, sentence=ROLE),
    _row(SIGN_IN, "token", ERRORS, 190),
    _row(SIGN_IN, "session", ERRORS, 102),
    _row(SIGN_IN, "checkpoint", FACTS, 459, sentence=CHECKPOINT),
    _row(SIGN_IN, "token expired", FACTS, 463, sentence=EXPIRED),
    _row(SIGN_IN, "user not confirmed", FACTS, 464, sentence=CHECKPOINT),
    _row(SIGN_IN, "token invalid", FACTS, 467, sentence=EXPIRED),
)
THROTTLES = (
    _row(PAUSED, "calls of the application", ERRORS, 4, sentence=RESUMES, pause=QUARTER),
    _row(PAUSED, "calls of the user", ERRORS, 17, sentence=RESUMES, pause=QUARTER),
    _row(PAUSED, "calls of the Page", LIMITS, 32, sentence=RESUMES, pause=QUARTER),
    _row(PAUSED, "limit of the application", ERRORS, 341, sentence=RESUMES, pause=QUARTER),
    _row(PAUSED, "custom limit", LIMITS, 613, sentence=RESUMES, pause=QUARTER),
    _row(PAUSED, "business use case", LIMIT_CODES, range(80000, 80015), sentence=RESUMES, pause=QUARTER),
)
GENERAL = (
    # an outage from 2026-05-23 gave it for live objects with valid tokens
    _row(Outcome.NOT_FOUND, "not there, or not for this token", OUTAGE, 100, 33),
    _row(Outcome.NOT_FOUND, "no such alias", FACTS, 803),
    _row(TRY, "unknown", ERRORS, 1, publishing=UNSURE),
    _row(TRY, "service", ERRORS, 2, publishing=UNSURE),
    _row(TRY, "unknown, of Instagram", INSTAGRAM_ERRORS, -1, publishing=UNSURE),
    _row(TRY, "unknown, of Instagram", INSTAGRAM_ERRORS, -2, publishing=UNSURE),
    _row(PAUSED, "capability", ERRORS, 3, sentence=APPLICATION),
    _row(PAUSED, "address not allowed", FACTS, 5, sentence=ADDRESS),
    _row(PAUSED, "method retired", FACTS, 12, sentence=VERSION),
    _row(PAUSED, "path unknown", FACTS, 2500, sentence=VERSION),
    _row(PAUSED, "proof of the application's secret", FACTS, 104, sentence=PROOF),
    _row(SIGN_IN, "permission", ERRORS, 10, sentence=PERMISSION),
    _row(SIGN_IN, "permission", ERRORS, range(200, 300), sentence=PERMISSION),
    _row(DUPLICATE, "the same post", ERRORS, 506, sentence=SAME),
    _row(DUPLICATE, "posted already", SEEN, 368, sentence=SAME, says=("already",)),
    _row(PAUSED, "blocked for a time", ERRORS, 368, sentence=RESTRICTED, pause=HOURS),
    _row(READY, "not ready", INSTAGRAM_ERRORS, 9007),
    _row(PAUSED, "too many of a kind", FACTS, 9, sentence=CAPPED, pause=HOUR),
    _row(Outcome.EXPIRED, "the container is gone", INSTAGRAM_ERRORS, 24),
    _row(REJECTED, "picture", FACTS, range(36000, 36004), sentence=PICTURE),
    _row(REJECTED, "caption", FACTS, 36004, sentence=CAPTION),
    _row(REJECTED, "picture missing or broken", FACTS, 324, sentence=PICTURE),
    _row(TRY, "the link cannot be read", ERRORS, 1609005),
    _row(REJECTED, "parameter", ERRORS, 100, sentence=CONTENT),
    _row(PAUSED, "too many calls", LIMITS, status=429, sentence=RESUMES, pause=QUARTER),
)
REFUSALS: Sequence[Refusal] = (*INSTAGRAM, *PAGE_SUBCODES, *SESSIONS, *THROTTLES, *GENERAL)

USAGE_KINDS = {80001: "pages", 80002: "instagram"}
"""The type in `x-business-use-case-usage` that a throttle's code speaks of (rate-limiting, Business Use Case)."""
PAGE_FIGURES = (("views", "post_media_view"), ("reach", "post_total_media_view_unique"), ("clicks", "post_clicks"))
"""Insights of a Page's post; `post_impressions` and its kin ended in November 2025, more on 15 June 2026."""
INSTAGRAM_FIGURES = (
    ("views", "views"), ("reach", "reach"), ("reactions", "likes"), ("comments", "comments"), ("shares", "shares"),
    ("saves", "saved"),
)  # fmt: skip
"""Of a picture or an album; `impressions` ended with v22."""
