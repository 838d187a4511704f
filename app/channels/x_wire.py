"""X's API v2 as data: which requests Gaung makes, and what each listed refusal means for a delivery.

X's own documentation was read as OpenAPI 2.167 (August 2026) and as pages (December 2026). Rows that are not verified
were seen by users of other programs, in the threads named. Nothing here was tried on a real account.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from app.channels.wire_tables import Outcome, Refusal, Request, Source
from app.kernel.text import T

READ = date(2026, 12, 3)
OPENAPI = Source("https://api.x.com/2/openapi.json", date(2026, 8, 30))
ERRORS = Source("https://docs.x.com/x-api/fundamentals/response-codes-and-errors", READ)
RATES = Source("https://docs.x.com/x-api/fundamentals/rate-limits", READ)
OLD_CODES = Source("https://developer.x.com/ja/docs/basics/response-codes", READ, verified=False)
"""Of v1.1; v2 was seen to hand the same codes out."""
FIELDS, OLD_FIELDS = "post.fields", "tweet.fields"
"""The parameter that names the fields of a post; servers older than OpenAPI 2.167 know the second only."""

SHOWN = "created_at,entities"
COUNTED = "public_metrics,non_public_metrics"
"""The second are only the author's, and only for 30 days after the post (docs.x.com, post metrics)."""

DUPLICATE = T("X menolak karena isi yang sama sudah pernah tayang di akun ini. Ubah kalimatnya, lalu ajukan lagi.")
TOO_LONG = T("X menganggap teks ini terlalu panjang. Pendekkan, lalu ajukan lagi.")
BAD_PICTURE = T("X tidak dapat memakai gambarnya. Ganti gambar itu, lalu ajukan lagi.")
CLOCK = T(
    "Belum terbit: jam komputer pengirim tidak cocok dengan jam X. Minta pengelola sistem membetulkan jamnya; "
    "sesudah itu dikirim dengan sendirinya."
)
UNPAID = T("Belum terbit: saldo X API akun ini habis. Isi saldonya di console.x.com.")
SPENT = T("Belum terbit: jatah X API bulan ini habis. Tambah jatahnya di console.x.com.")
CAPPED = T("Belum terbit: X membatasi jumlah unggahan akun ini untuk sementara. Dilanjutkan dengan sendirinya.")
SUSPECTED = T(
    "Belum terbit: X menahan akun ini karena dikira digerakkan mesin. Buka akunnya di X dan selesaikan "
    "pemberitahuan di sana. Dicoba lagi dengan sendirinya."
)
_POST = ("data[].id", "data[].text", "data[].created_at")
_LINKS = tuple(f"data[].entities.urls[].{name}" for name in ("url", "expanded_url", "unwound_url", "media_key"))
_COUNTS = (
    "impression_count",
    "like_count",
    "reply_count",
    "repost_count",
    "quote_count",
    "bookmark_count",
    "retweet_count",
)  # the last: "repost_count" on older servers
_UPLOADED = ("data.id", "data.expires_after_secs", "data.processing_info")

REQUESTS: Sequence[Request] = (
    Request(
        "make a post", "POST", "/2/tweets", OPENAPI,
        sends=("text", "media.media_ids"), reads=("data.id", "errors"),
    ),
    Request(
        "take a post down", "DELETE", "/2/tweets/{id}",
        Source("https://docs.x.com/x-api/posts/delete-post", READ), reads=("data.deleted",),
    ),
    Request(
        "own posts", "GET", "/2/users/{id}/tweets", OPENAPI,
        sends=("max_results", "start_time", FIELDS, "pagination_token"),
        asks=("created_at", "entities"),
        reads=(*_POST, *_LINKS, "meta.result_count", "meta.next_token", "errors"),
    ),
    Request("own account", "GET", "/2/users/me", OPENAPI, reads=("data.id", "data.username")),
    Request(
        "one post", "GET", "/2/tweets/{id}", OPENAPI,
        sends=(FIELDS,), asks=("public_metrics", "non_public_metrics"),
        reads=(
            *(f"data.public_metrics.{name}" for name in _COUNTS), "data.non_public_metrics.url_link_clicks", "errors",
        ),
    ),
    Request(
        "a picture in one request", "POST", "/2/media/upload", OPENAPI,
        sends=("media", "media_category"), reads=_UPLOADED,
    ),
    Request(
        "a picture in pieces", "POST", "/2/media/upload/initialize", OPENAPI,
        sends=("media_type", "total_bytes", "media_category"), reads=_UPLOADED,
    ),
    Request(
        "a piece", "POST", "/2/media/upload/{id}/append", OPENAPI,
        sends=("media", "segment_index"),
    ),
    Request("the last piece", "POST", "/2/media/upload/{id}/finalize", OPENAPI, reads=_UPLOADED),
    Request(
        "how far a picture is", "GET", "/2/media/upload", OPENAPI,
        sends=("command", "media_id"),
        reads=("data.processing_info.state", "data.processing_info.check_after_secs"),
    ),
    Request(
        "words of a picture", "POST", "/2/media/metadata", OPENAPI,
        sends=("id", "metadata.alt_text.text"),
    ),
)  # fmt: skip


def _seen(thread: str) -> Source:
    return Source(f"https://github.com/{thread}", READ, verified=False)


HALF_HOUR, HOURS, DAY = timedelta(minutes=30), timedelta(hours=2), timedelta(days=1)
_CAPS = _seen("xdevplatform/xdk/issues/25")
_SIGN_IN, _AGAIN = Outcome.SIGN_IN, Outcome.TRY_AGAIN

REFUSALS: Sequence[Refusal] = (
    Refusal("the same words again", Outcome.DUPLICATE, OLD_CODES, code={187}, sentence=DUPLICATE),
    Refusal(
        "the same words again", Outcome.DUPLICATE, _seen("akrherz/iembot/issues/163"),
        says=("duplicate content", "status is a duplicate"), sentence=DUPLICATE,
    ),
    Refusal(
        "our clock is wrong", Outcome.PAUSED, OLD_CODES,
        code={135}, sentence=CLOCK, pause=timedelta(minutes=5),
    ),
    Refusal(
        "our clock is wrong", Outcome.PAUSED, OLD_CODES,
        says=("timestamp out of bounds",), sentence=CLOCK, pause=timedelta(minutes=5),
    ),
    Refusal("no money left", Outcome.PAUSED, _seen("tryethernal/ethernal/issues/1289"), status=402, sentence=UNPAID),
    Refusal(
        "the month is used up", Outcome.PAUSED, _CAPS,
        kind="/usage-capped", says=("monthly",), sentence=SPENT,
    ),
    Refusal("used up", Outcome.PAUSED, ERRORS, kind="/usage-capped", sentence=CAPPED, pause=DAY),
    Refusal("the day is used up", Outcome.PAUSED, OLD_CODES, code={185, 344}, sentence=CAPPED, pause=HALF_HOUR),
    Refusal(
        "the day is used up", Outcome.PAUSED, OLD_CODES,
        says=("over daily status update limit",), sentence=CAPPED, pause=HALF_HOUR,
    ),
    Refusal("taken for a machine", Outcome.PAUSED, OLD_CODES, code={226}, sentence=SUSPECTED, pause=HOURS),
    Refusal(
        "taken for a machine", Outcome.PAUSED, OLD_CODES,
        says=("might be automated",), sentence=SUSPECTED, pause=HOURS,
    ),
    Refusal("too many calls", _AGAIN, RATES, status=429, pause=timedelta(minutes=15)),
    Refusal("too many calls", _AGAIN, RATES, code={88}, pause=timedelta(minutes=15)),
    Refusal("too many calls", _AGAIN, ERRORS, kind="/rate-limit-exceeded", pause=timedelta(minutes=15)),
    Refusal("the application is not enrolled", _SIGN_IN, ERRORS, kind="/client-forbidden"),
    Refusal(
        "the application may only read", _SIGN_IN, _seen("plhery/node-twitter-api-v2/issues/493"),
        kind="/oauth1-permissions",
    ),
    Refusal(
        "the application may only read", _SIGN_IN, _seen("plhery/node-twitter-api-v2/issues/493"),
        status=403, says=("oauth1 app permissions",),
    ),
    Refusal("another access level", _SIGN_IN, _seen("socioboard/Socioboard-5.0/issues/440"), code={453}),
    Refusal("the account is suspended or locked", _SIGN_IN, OLD_CODES, code={64, 326}),
    Refusal(
        "the account is suspended or locked", _SIGN_IN, OLD_CODES,
        status=403, says=("account is suspended", "temporarily locked"),
    ),
    Refusal("the keys are not taken", _SIGN_IN, ERRORS, status=401),
    Refusal("too long", Outcome.REJECTED, OLD_CODES, code={186}, sentence=TOO_LONG),
    Refusal(
        "too long", Outcome.REJECTED, _seen("rubygems/gemwhisperer/issues/1"),
        status=403, says=("is too long", "a bit shorter"), sentence=TOO_LONG,
    ),
    Refusal("the picture is gone", Outcome.EXPIRED, OLD_CODES, code={324}),
    Refusal("the picture is gone", Outcome.EXPIRED, _seen("tweepy/tweepy/issues/2016"), status=400, says=("media id",)),
    Refusal(
        "no picture for X", Outcome.REJECTED, _seen("sferik/x-ruby/issues/54"),
        status=400, says=("media type",), sentence=BAD_PICTURE,
    ),
    Refusal("no such thing", _AGAIN, ERRORS, status=404),
    Refusal("in the way of another", _AGAIN, ERRORS, status=409),
    Refusal("it took too long to arrive", _AGAIN, OLD_CODES, status=408),
    Refusal("too early", _AGAIN, OLD_CODES, status=425),
)  # fmt: skip
"""The first row that fits counts."""
