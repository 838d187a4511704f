"""The kinds of outlets: everything that is said of one stands in its row here.

A new kind is a row; where Gaung speaks to it by itself, also a module of `app/channels` with `make(settings)`.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from enum import StrEnum

from app.kernel.text import T
from app.outreach.outlets.ports import Limits


class Group(StrEnum):
    SOCIAL = "social"  # an account that is connected
    PRINT = "print"  # gets a print piece instead of text
    ASSISTED = "assisted"  # a person puts it out


@dataclass(frozen=True)
class Kind:
    """A kind of outlet: `name` on pages about outlets, `short` where there is little room, `open_data` in the open data
    of posts.

    `fields`: what the form asks beside the fields of every kind; with "vendor_id" it is ordered by mail. `channel`: the
    module of app/channels; without one a person serves it, within `limits`, and sentences call it `spoken` or its
    short name. `sheets`: print that is counted in sheets. `share`: an address that opens the text there.
    """

    name: T
    short: T
    icon: str
    group: Group = Group.ASSISTED
    open_data: T | str = ""
    fields: tuple[str, ...] = ("handle", "url")
    channel: str = ""
    limits: Limits = field(default_factory=Limits)
    spoken: str = ""
    sheets: bool = True
    share: str = ""
    share_label: T | str = ""


FIELDS = ("handle", "url", "vendor_id", "columns", "column_mm")
"""Fields of the form that some kinds have."""
PICTURES = ("image/jpeg", "image/png", "image/webp")
BIG = 16 * 1024 * 1024

KINDS: dict[str, Kind] = {
    "x": Kind(
        T("X (Twitter)"), T("X"), "brand-x", Group.SOCIAL, open_data="X (Twitter)", channel="x",
    ),
    "facebook": Kind(
        T("Halaman Facebook"), T("Facebook"), "brand-facebook", Group.SOCIAL, open_data="Facebook", channel="facebook",
    ),
    "instagram": Kind(
        T("Instagram"), T("Instagram"), "brand-instagram", Group.SOCIAL, open_data="Instagram", channel="instagram",
    ),
    "newspaper": Kind(
        T("Koran"), T("Koran"), "news", Group.PRINT, fields=("vendor_id", "columns", "column_mm"), channel="print_mail",
        sheets=False,
    ),
    "printer": Kind(
        T("Percetakan"), T("Percetakan"), "building-factory-2", Group.PRINT, fields=("vendor_id",),
        channel="print_mail",
    ),
    "office_printer": Kind(
        T("Cetak sendiri di kantor"), T("Cetak sendiri"), "printer", Group.PRINT, fields=(),
        limits=Limits(takes_text=False, takes_piece=True),
    ),
    "whatsapp": Kind(
        T("Grup WhatsApp"), T("WhatsApp"), "brand-whatsapp", open_data=T("grup WhatsApp"),
        limits=Limits(max_text=4096, max_images=10, max_image_bytes=BIG, image_mimes=PICTURES),
        share="https://wa.me/?text=", share_label=T("Bagikan lewat WhatsApp"),
    ),
    "tiktok": Kind(
        T("TikTok"), T("TikTok"), "brand-tiktok", open_data="TikTok",
        limits=Limits(max_text=2200, max_images=35, max_image_bytes=BIG, image_mimes=PICTURES),
    ),
    "radio": Kind(
        T("Radio"), T("Radio"), "radio", open_data=T("radio"), limits=Limits(max_text=None, takes_images=False),
    ),
    "other": Kind(
        T("Lainnya"), T("Lainnya"), "broadcast", open_data=T("lainnya"), spoken="Saluran ini",
        limits=Limits(max_text=None, max_images=20, max_image_bytes=BIG, image_mimes=PICTURES),
    ),
}  # fmt: skip
"""By the word that stands in the database, in kits and in addresses (at most 20 letters), in the order of pages."""


class Kinds(Set[str]):
    """The kinds for which something holds, read from the table when asked; and words that stand beside kinds."""

    def __init__(self, holds: Callable[[Kind], bool], *beside: str) -> None:
        self._holds, self._beside = holds, beside

    def __contains__(self, key: object) -> bool:
        return key in self._beside or (isinstance(key, str) and key in KINDS and self._holds(KINDS[key]))

    def __iter__(self) -> Iterator[str]:
        yield from (key for key, kind in KINDS.items() if self._holds(kind))
        yield from self._beside

    @classmethod
    def _from_iterable(cls, keys: Iterable[str]) -> frozenset[str]:  # type: ignore[override]
        """What `|` and `&` give."""
        return frozenset(keys)

    def __len__(self) -> int:
        return sum(1 for _key in self)


SOCIAL = Kinds(lambda kind: kind.group == Group.SOCIAL)
PRINT = Kinds(lambda kind: kind.group == Group.PRINT)
ORDERED_PRINT = Kinds(lambda kind: "vendor_id" in kind.fields)
ASSISTED = "assisted"
"""The channel of an account that is not connected yet: a person posts."""
BY_HAND = Kinds(lambda kind: not kind.channel, ASSISTED)
"""Served by a person: nothing is sent, a call only hands the delivery over."""
