"""A kit as a ZIP file: unpacked without trusting it, and packed again."""

import io
import lzma
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kits.kit import CAMPAIGN_FILE, MAX_FILES, MAX_TOTAL_BYTES, find_kits

MAX_RATIO = 200  # a text that shrinks more than this is a bomb
CHUNK = 65536


UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a compression that Python does not know
    OSError,  # bz2 says a broken stream so
    RuntimeError,  # encrypted
    ValueError,
)
"""All that zipfile raises for an archive that is broken, encrypted or of another make."""


def unpack(data: bytes, into: Path) -> Path:
    """Take a ZIP apart inside the empty folder `into` and give the folder of the one kit in it.

    Raises Invalid for a broken file, a path that leaves the folder, a link, or too much of anything. Sizes are counted
    while writing; what the archive claims about itself is not believed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not _is_litter(member.filename)]
            if len(members) > MAX_FILES:
                raise _wrong(T("ZIP ini berisi terlalu banyak berkas. Paling banyak %(n)s.", n=MAX_FILES))
            left = MAX_TOTAL_BYTES
            for member in members:
                left -= _extract(archive, member, into, left)
    except UNREADABLE as error:
        raise _wrong(T("Berkas ini bukan ZIP yang bisa dibuka. Buat ulang ZIP tanpa kata sandi.")) from error
    found = find_kits(into)
    if len(found) != 1:
        raise _wrong(
            T(
                "ZIP ini harus berisi satu paket dengan berkas %(name)s; yang ditemukan %(count)s.",
                name=CAMPAIGN_FILE,
                count=len(found),
            )
        )
    return found[0]


def pack(folder: Path) -> bytes:
    """Return the folder of a kit as a ZIP, inside one folder of its name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                archive.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return out.getvalue()


def _is_litter(name: str) -> bool:
    """What computers leave in archives by themselves."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in {".DS_Store", "Thumbs.db", "desktop.ini"}


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path, left: int) -> int:
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in name:
        raise _wrong(T("ZIP ini memuat berkas di luar foldernya (%(name)s). Tidak ada yang dipakai.", name=name[:80]))
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _wrong(T("ZIP ini memuat tautan (%(name)s), bukan berkas. Salin berkas aslinya.", name=name[:80]))
    target = into.joinpath(*parts)
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    most = min(left, max(CHUNK, member.compress_size * MAX_RATIO))
    written = 0
    with archive.open(member) as source, target.open("xb") as out:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise _wrong(T("Isi ZIP ini terlalu besar. Perkecil gambarnya, lalu unggah lagi."))
            out.write(chunk)
    return written


def _wrong(sentence: T) -> Invalid:
    return Invalid(sentence, field="file")
