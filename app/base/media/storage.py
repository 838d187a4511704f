"""Files on the local disk, each under the SHA-256 of its content: the same content lies there once."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

_SHA256 = re.compile(r"[0-9a-f]{64}")


class HasSha256(Protocol):
    @property
    def sha256(self) -> str: ...


class Storage:
    """`root/ab/cd/abcd…`; what is derived from a file lies under `root/derived/` and may be thrown away."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their SHA-256. A reader sees the whole file or none."""
        sha = hashlib.sha256(data).hexdigest()
        target = self.path(sha)
        if not target.exists():
            self._write(target, data)
        return sha

    def path(self, file: HasSha256 | str) -> Path:
        """Return where a file (a record with `sha256`, or the hash itself) lies, whether or not it is there."""
        sha = file if isinstance(file, str) else file.sha256
        if not _SHA256.fullmatch(sha):
            raise ValueError(f"{sha!r} is no SHA-256")
        return self.root / sha[:2] / sha[2:4] / sha

    def read(self, file: HasSha256 | str) -> bytes:
        """Return the bytes. Raises FileNotFoundError when the folder lost them."""
        return self.path(file).read_bytes()

    def has(self, file: HasSha256 | str) -> bool:
        return self.path(file).exists()

    def derived(self, file: HasSha256 | str, key: str) -> bytes | None:
        """Return what `keep_derived` put there, or None."""
        path = self._derived_path(file, key)
        return path.read_bytes() if path.exists() else None

    def keep_derived(self, file: HasSha256 | str, key: str, data: bytes) -> None:
        self._write(self._derived_path(file, key), data)

    def forget(self, file: HasSha256 | str) -> None:
        """Remove the bytes and what was derived from them: for what a person has a right to see gone."""
        path = self.path(file)
        path.unlink(missing_ok=True)
        for derived in (self.root / "derived" / path.name[:2]).glob(f"{path.name}-*"):
            derived.unlink(missing_ok=True)

    def _derived_path(self, file: HasSha256 | str, key: str) -> Path:
        sha = self.path(file).name
        return self.root / "derived" / sha[:2] / f"{sha}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"

    @staticmethod
    def _write(target: Path, data: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o600)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
