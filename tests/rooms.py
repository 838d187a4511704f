"""Where the rooms of the application stand: a room beside the wings, or within one."""

from pathlib import Path

from config import ROOT

APP = ROOT / "app"
ROOMS: dict[str, Path] = {
    path.parent.name: path.parent for depth in ("*", "*/*") for path in sorted(APP.glob(f"{depth}/routes.py"))
}
"""Every room that has pages."""


def folder_of(room: str) -> Path:
    """Return the folder of a room or of a part without pages, such as `kernel`."""
    if room in ROOMS:
        return ROOMS[room]
    (found,) = (path for depth in ("", "*/") for path in APP.glob(depth + room) if path.is_dir())
    return found


def room_of(path: Path) -> Path:
    """Return the folder of the room that a file belongs to, or the first folder under `app/`."""
    within = (folder for folder in path.parents if folder in ROOMS.values())
    return next(within, APP / path.relative_to(APP).parts[0])
