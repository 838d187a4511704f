"""The port that every platform fills, and the plain values that cross it.

A channel is called outside any transaction. It never touches the database: it gets an `Outgoing` that carries
everything and answers with a `Receipt` or one of the errors below. Which error is the whole contract:

- `NotSent`        certainly not sent (429, refused connection, 5xx before the body left): try again at `retry_at`
- `NotReady`       work goes on at the platform (an Instagram container): call again `after` seconds with what was
                   remembered; holds no thread and counts as no failure
- `Rejected`       permanent: the platform will never take this content
- `Undecided`      refused for a reason that nobody has listed: certainly not sent, a person decides what now
- `AccountPaused`  the account or the application takes nothing at present: certainly not sent, and neither is any other
                   delivery of this account before `retry_at` (None: before a person has mended it)
- `NeedsSignIn`    the account must be connected again; certainly not sent
- `OutcomeUnknown` it may be live: never call `publish` again blindly, only `find`
- `HandOver`       a person must do it now (assisted outlets); not an error of anybody
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from app.kernel.numbers import LARGEST
from app.kernel.text import T, storable

Remember = Callable[[Mapping[str, Any]], None]
"""Commits these values at once under the claim's token; the next call gets them in `Outgoing.remembered`.

Called before the lasting call only, or after its refusal: it raises NotSent where the database does not take them, and
that has to be true. Whoever calls it after a post was made catches that, for the receipt counts then.
"""


LONGEST_ID, LONGEST_URL = 200, 500
"""Signs of a post's number and address, and of a request's number, as the ledger's columns hold them."""
LOOK_BACK = timedelta(minutes=10)
"""How long before the last try `find` begins to look: our clock and the platform's may differ."""


@dataclass(frozen=True)
class Limits:
    """What a channel can carry. `None` means no such limit; `max_text` counts as `Channel.count` counts."""

    max_text: int | None = None
    min_images: int = 0
    max_images: int = 0
    max_image_bytes: int = 0
    max_hashtags: int | None = None
    image_mimes: Sequence[str] = ("image/jpeg", "image/png")
    max_image_side: int = 2048  # pixels; images are derived to fit
    takes_text: bool = True
    takes_images: bool = True  # False: the pictures of a post are left out
    takes_piece: bool = False  # print: a PrintPiece instead of text


@dataclass(frozen=True)
class OutgoingFile:
    """A file ready for the channel: already resized, EXIF-free, within its limits."""

    name: str
    mime: str
    data: bytes
    alt_text: str = ""
    public_url: str | None = None  # signed, for platforms that fetch
    width: int | None = None  # pixels, where known without opening `data`: checks run before files are read
    height: int | None = None


def _unnoted() -> None:
    """Nobody wants to know when the call begins that cannot be taken back."""


@dataclass(frozen=True)
class Outgoing:
    """Everything a channel needs for one delivery."""

    key: str  # stable over all attempts, e.g. "post:12:3"; the Message-ID of an order is made from it
    text: str
    files: Sequence[OutgoingFile] = ()
    link: str | None = None  # our short link, which also stands in the text; used by `find`
    credentials: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    remembered: Mapping[str, Any] = field(default_factory=dict)
    first_tried_at: datetime | None = None
    tried_at: datetime | None = None  # the last try, where one may have arrived
    taken: frozenset[str] = frozenset()  # numbers and addresses of posts that are other deliveries': never ours
    copied: bool = False  # `remembered` is of an older copy of the database: it proves no absence
    now: datetime | None = None
    recipient: str | None = None  # e-mail of a newspaper or printer
    subject: str | None = None
    begin: Callable[[], None] = field(default=_unnoted, repr=False, compare=False)  # see Telling

    @property
    def look_from(self) -> datetime | None:
        """Return the moment from which `find` looks: LOOK_BACK before the last try."""
        tried = self.tried_at or self.first_tried_at or self.now
        return tried - LOOK_BACK if tried else None


def _check_number(remote_id: str) -> None:
    if remote_id != storable(remote_id, LONGEST_ID):
        raise ValueError("the number of a post cannot be kept")


def _address(url: str | None) -> str | None:
    return url if url and url == storable(url, LONGEST_URL) else None


def _said(sentence: T) -> T:
    """A sentence whose quoted words can be kept and shown."""
    params = {name: storable(value) if isinstance(value, str) else value for name, value in sentence.params.items()}
    return T(sentence.msgid, **params)


@dataclass(frozen=True)
class Receipt:
    """The platform took it. `url` is where a person can see it."""

    remote_id: str
    url: str | None = None
    request_id: str | None = None

    def __post_init__(self) -> None:
        """Take only what can be kept. Raises ValueError for a number that cannot: it may be live all the same."""
        _check_number(self.remote_id)
        object.__setattr__(self, "url", _address(self.url))
        object.__setattr__(self, "request_id", storable(self.request_id, LONGEST_ID) if self.request_id else None)


@dataclass(frozen=True)
class NotThere:
    """What `find` has proved: nothing of this delivery went out, so that it may be sent again without asking anybody.

    `detail` is the proof, kept with the attempt.
    """

    detail: str


PROVISIONAL = "container:"
"""How a `Receipt.remote_id` begins whose post is live and not listed yet; `find` gives the right one later."""


@dataclass(frozen=True)
class Sighting:
    """A post as the account's own list shows it. `links`: the full addresses in it."""

    remote_id: str
    at: datetime | None
    text: str
    url: str | None = None
    links: Sequence[str] = ()

    def __post_init__(self) -> None:
        _check_number(self.remote_id)
        object.__setattr__(self, "text", storable(self.text))
        object.__setattr__(self, "url", _address(self.url))


@dataclass(frozen=True)
class Metrics:
    """Counts of one post since it went out, as the platform gives them. None: it does not give this one; never 0 then.

    `views` are showings and `reach` are different accounts: neither is people, and neither is summed over platforms.
    """

    views: int | None = None
    reach: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None

    def __post_init__(self) -> None:
        """Leave out what is no count of anything: no column holds it."""
        for one in fields(self):
            if (getattr(self, one.name) or 0) > LARGEST:
                object.__setattr__(self, one.name, None)


@dataclass(frozen=True)
class Problem:
    """A limit broken, as a sentence that says what to do. `field`: "text", "media", "piece", "outlet"."""

    sentence: T
    field: str = "text"


@dataclass(frozen=True)
class Identity:
    """Whose account the credentials open: shown after "Uji sambungan"."""

    remote_id: str
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)  # learnt ids to store with the outlet


@dataclass(frozen=True)
class AccountReport:
    """What an account says of itself before anything goes out. None: the platform does not tell.

    `missing` names rights that publishing needs and that were not given; `quota_left`, how many posts it still takes in
    its present window.
    """

    expires_at: datetime | None = None
    scopes: Sequence[str] | None = None
    missing: Sequence[str] = ()
    quota_left: int | None = None
    name: str = ""  # as `Identity.name`; empty: it does not say


@dataclass(frozen=True)
class Finding:
    """What an account answers differently from our tables, and what to do about it."""

    sentence: T


@dataclass(frozen=True)
class CredentialField:
    """One field of the form that connects an outlet: `name` is its key in the credentials or settings."""

    name: str
    label: T
    hint: T | None = None
    secret: bool = True


class ChannelError(Exception):
    """Base of what a channel may raise. `request_id` and `detail` are kept with the attempt; never a secret."""

    def __init__(self, detail: str = "", *, request_id: str | None = None) -> None:
        detail = storable(detail)
        super().__init__(detail)
        self.detail = detail
        self.request_id = storable(request_id, LONGEST_ID) if request_id else None


class NotSent(ChannelError):
    def __init__(self, detail: str = "", *, retry_at: datetime | None = None, request_id: str | None = None) -> None:
        super().__init__(detail, request_id=request_id)
        self.retry_at = retry_at  # the platform's reset time, honoured as a minimum


class NotReady(ChannelError):
    def __init__(self, detail: str = "", *, after: float, request_id: str | None = None) -> None:
        super().__init__(detail, request_id=request_id)
        self.after = after  # seconds


class Rejected(ChannelError):
    def __init__(self, sentence: T, *, detail: str = "", request_id: str | None = None) -> None:
        super().__init__(detail or str(sentence), request_id=request_id)
        self.sentence = _said(sentence)


class Undecided(ChannelError):
    """A refusal that no table of ours lists; `sentence` says what is known and what a person can choose."""

    def __init__(self, sentence: T, *, detail: str = "", request_id: str | None = None) -> None:
        super().__init__(detail or str(sentence), request_id=request_id)
        self.sentence = _said(sentence)


class AccountPaused(ChannelError):
    """Throttled for long, capped, restricted or misconfigured: holds for the whole account."""

    def __init__(
        self, sentence: T, *, retry_at: datetime | None = None, detail: str = "", request_id: str | None = None
    ) -> None:
        super().__init__(detail or str(sentence), request_id=request_id)
        self.sentence = _said(sentence)
        self.retry_at = retry_at


class NeedsSignIn(ChannelError):
    """The account must be connected again; `sentence` says more, where it is known who can mend it and how."""

    def __init__(self, detail: str = "", *, sentence: T | None = None, request_id: str | None = None) -> None:
        super().__init__(detail, request_id=request_id)
        self.sentence = _said(sentence) if sentence else None


class OutcomeUnknown(ChannelError):
    pass


class HandOver(ChannelError):
    pass


class Gone(ChannelError):
    """The post is no longer at the platform: somebody deleted it there."""


class Channel(Protocol):
    """One platform. Instances hold addresses and timeouts, no state of a delivery."""

    limits: Limits
    seconds: float
    """Upper bound of one `publish`: the sum of all its timeouts. A lease outlives it."""
    can_look: bool
    """Whether `find` can ever answer. False (mail, a person): after `OutcomeUnknown` ask a person at once."""
    can_measure: bool
    """Whether the platform tells how a post is doing."""
    can_remove: bool
    """Whether the platform takes a post down when asked; else a person does it."""
    credential_fields: Sequence[CredentialField]
    """What a person types to connect an account; kept encrypted under these names in `credentials`."""
    setting_fields: Sequence[CredentialField]
    """What is not secret (a page id); kept in the outlet's `settings`."""

    def count(self, text: str) -> int:
        """Return the length of the text as the platform counts it."""
        ...

    def check(self, out: Outgoing) -> list[Problem]:
        """Return what the platform would refuse; offline, before approval."""
        ...

    def publish(self, out: Outgoing, remember: Remember) -> Receipt: ...

    def find(self, out: Outgoing) -> Receipt | NotThere | None:
        """Look for what may have been sent. None: not seen, which proves nothing. Raises NotSent: cannot look now."""
        ...

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        """Return whose account the credentials open. Raises NeedsSignIn (wrong keys), NotSent (platform down)."""
        ...

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        """Return every post of the account since then; only where `can_look`. Raises NotSent (it cannot be told),
        NeedsSignIn."""
        ...

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        """Ask how a post is doing; only where `can_measure`. Raises Gone, NeedsSignIn, NotSent (ask again later)."""
        ...

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        """Take a post down for good; only where `can_remove`. A repeat does no harm.

        Raises OutcomeUnknown where the answer was lost or says nothing: `measure` then tells whether it is there.
        """
        ...


@runtime_checkable
class Resending(Protocol):
    """What a channel may offer besides: to send the identical text once more when a lost post was not found."""

    can_resend: bool
    """Only where the platform refuses the same words, and where the office has switched it on."""


@runtime_checkable
class Telling(Protocol):
    """What a channel may offer besides: to say when the request begins that makes the post, by `Outgoing.begin()`.

    Whoever was stopped before that has certainly posted nothing; of other channels this is known of the whole
    `publish` only. `begin()` raises NotSent where it must not be asked.
    """

    tells_begin: bool


@runtime_checkable
class Inspectable(Protocol):
    """What a channel may offer besides: to ask the account itself, before anything goes out."""

    fetches_media: bool
    """Whether the platform fetches pictures from our public address."""

    def inspect(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime) -> AccountReport:
        """Ask the account for its keys' end, its rights and its quota; nothing is written there.

        Raises NeedsSignIn, AccountPaused, NotSent (cannot be asked now).
        """
        ...


@runtime_checkable
class Examinable(Protocol):
    """What a channel may offer besides: to hold an account's answers against the tables of the wire."""

    def doctor(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> Sequence[Finding]:
        """Return what the account answers differently from the tables. It reads and never posts; what went wrong in
        asking is a finding too."""
        ...
