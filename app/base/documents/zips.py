"""A ZIP file in pieces: the first of it goes out while its other files are still made."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

ZIP = "application/zip"
Content = bytes | Iterable[bytes]
"""A file as a whole, or in parts that are made while they are asked for."""


def zipped(
    files: Iterable[tuple[str, Content]], *, packed: bool = False, at: datetime | None = None
) -> Iterator[bytes]:
    """Yield a ZIP file. `packed`: made smaller, which texts are worth; a PDF is small already. `at`: the time that its
    files bear."""
    spool = _Spool()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(spool, "w", method) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, at.timetuple()[:6] if at else zipfile.ZipInfo(name).date_time)
            info.compress_type, info.external_attr = method, 0o644 << 16
            if isinstance(content, bytes):
                archive.writestr(info, content)
                yield spool.take()
                continue
            with archive.open(info, "w") as entry:
                for part in content:
                    entry.write(part)
                    yield spool.take()
    yield spool.take()


class _Spool(io.RawIOBase):
    """What a ZIP file writes, until it is taken; it cannot go back, so that the sizes follow each file."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._kept += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._kept)
        self._kept.clear()
        return taken
