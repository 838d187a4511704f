"""Files of an installation are for its own user alone: the database, uploads, what is held, and the secrets."""

import os
from pathlib import Path

FOR_NOBODY_ELSE = 0o077


def keep_private(folder: Path) -> None:
    """Give new files 0600 and new folders 0700 from here on in this process; the installation's own folder is closed.

    What an older version left readable inside is closed by the folder around it.
    """
    os.umask(FOR_NOBODY_ELSE)
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)
