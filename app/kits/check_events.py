"""Check what a kit says about its events, beyond the schema."""

from collections.abc import Iterator

from app.kernel.text import T
from app.kits.check_schema import nearest
from app.kits.kit import Kit
from app.kits.reading import Document, Finding


def event_findings(document: Document, kit: Kit) -> Iterator[Finding]:
    """Yield findings on places, days and materials of one event; the document passed its schema."""
    yield from _where(document)
    yield from _last_day(document, kit)
    yield from _materials(document, kit)


def is_for_many_villages(document: Document) -> bool:
    """Tell whether an event is planned for each of several villages."""
    return bool(document.data.get("villages") or document.data.get("districts"))


def _where(document: Document) -> Iterator[Finding]:
    data = document.data
    if not is_for_many_villages(document) and not data.get("place"):
        yield Finding(
            document.file,
            1,
            T("Tempat kegiatan ini belum ada."),
            T("Isi “place”, “villages” (kode desa atau blank-spots), atau “districts”."),
        )
    if isinstance(data.get("villages"), list) and data["villages"] and data.get("districts"):
        yield Finding(
            document.file,
            document.line([], "districts"),
            T("“districts” tidak dipakai bila desanya sudah disebut satu per satu."),
            T("Hapus salah satunya."),
        )
    if data.get("registration") is not True and data.get("capacity") is not None:
        yield Finding(
            document.file,
            document.line([], "capacity"),
            T("Jumlah tempat hanya dijaga bila peserta mendaftar."),
            T("Tambahkan “registration: true” bila peserta perlu mendaftar."),
            level="note",
        )


def _last_day(document: Document, kit: Kit) -> Iterator[Finding]:
    """The days on which the event goes from village to village lie within the campaign."""
    last, day, days = document.data.get("last_day"), document.data["day"], kit.meta.get("days")
    if last is None:
        return
    line = document.line([], "last_day")
    if last < day:
        yield Finding(
            document.file,
            line,
            T("Hari terakhir (%(last)s) mendahului hari pertama (%(day)s).", last=last, day=day),
            T("Isi “last_day” sama dengan “day” atau sesudahnya."),
        )
    elif isinstance(days, int) and last >= days:
        yield Finding(
            document.file,
            line,
            T("Hari ke-%(day)s ada di luar program, yang lamanya %(days)s hari.", day=last, days=days),
            T("Hari pertama adalah 0, jadi paling besar %(last)s.", last=days - 1),
        )


def _materials(document: Document, kit: Kit) -> Iterator[Finding]:
    known = [piece.file for piece in kit.prints]
    for index, item in enumerate(document.data.get("materials", [])):
        line = document.line(["materials", index])
        if ("file" in item) == ("name" in item):
            yield Finding(
                document.file,
                line,
                T("Bahan ini perlu “file” atau “name”, salah satu saja."),
                T("Tulis file: print/poster.yaml untuk cetakan paket ini, atau name: untuk barang lain."),
            )
        elif "file" in item and item["file"] not in known:
            yield Finding(
                document.file,
                document.line(["materials", index, "file"]),
                T("Cetakan “%(name)s” tidak ada di paket ini.", name=item["file"]),
                nearest(item["file"], known) if known else T("Tambahkan berkasnya di folder print/."),
            )
