"""What a worker keeps outside of the database, so that neither a kill nor an older copy makes it send twice."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.outreach.publishing.spool import FOLDER, Spool


@dataclass
class Safeguards:
    folder: Path  # GAUNG_VAR_DIR
    spool: Spool

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Open those of an installation; the folder is made where it is missing."""
        return cls(folder, Spool(folder / FOLDER))

    def close(self) -> None:
        self.spool.close()
