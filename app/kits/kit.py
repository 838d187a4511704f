"""A kit as it lies in its folder.

`campaign.yaml`, `posts/*.md`, `print/*.yaml`, `events/*.yaml`, `surveys/*.yaml`, `recorded/*.yaml`,
`programmes/*.yaml`, `tests/*.yaml`, `media/…`. A kit that carries programmes of training alone has no `campaign.yaml`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.base.media.check import MAX_BYTES
from app.kernel.text import T
from app.kits.reading import Document, Finding, Unreadable, inner_files, read_post, read_yaml

CAMPAIGN_FILE = "campaign.yaml"
MAX_FILES = 400
MAX_STEM = 60
MAX_TOTAL_BYTES = 100_000_000
IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})
MATERIAL_ENDINGS = IMAGE_ENDINGS | {".pdf"}
YAML_FOLDERS = ("print", "events", "surveys", "recorded", "programmes", "tests")
SIDE_FILES = frozenset({"README.md", "LICENSE", "LICENSE.md", "CREDITS.md", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Kit:
    """What could be read of a kit; `findings` says what could not."""

    folder: Path
    campaign: Document | None
    posts: list[Document] = field(default_factory=list)
    prints: list[Document] = field(default_factory=list)
    events: list[Document] = field(default_factory=list)
    surveys: list[Document] = field(default_factory=list)  # instruments, and when they are asked
    results: list[Document] = field(default_factory=list)  # of surveys that were done elsewhere
    programmes: list[Document] = field(default_factory=list)  # of training
    tests: list[Document] = field(default_factory=list)  # that the programmes name
    findings: list[Finding] = field(default_factory=list)

    @property
    def meta(self) -> dict[str, Any]:
        """The campaign's entries, empty where they could not be read."""
        return self.campaign.data if self.campaign and isinstance(self.campaign.data, dict) else {}

    @property
    def key(self) -> str:
        return str(self.meta.get("key") or self.folder.name)

    @property
    def name(self) -> str:
        return str(self.meta.get("name") or self._of_programme("title") or self.folder.name)

    @property
    def summary(self) -> str:
        return str(self.meta.get("summary") or self._of_programme("summary"))

    @property
    def is_training(self) -> bool:
        """Whether it carries programmes of training and no campaign."""
        return self.campaign is None and bool(self.programmes)

    def _of_programme(self, name: str) -> str:
        """What the only programme says of itself; empty where there are several."""
        data = self.programmes[0].data if len(self.programmes) == 1 and self.is_training else None
        return str(data.get(name) or "") if isinstance(data, dict) else ""

    @property
    def orders(self) -> list[Document]:
        """The print pieces that say when they are ordered."""
        return [piece for piece in self.prints if isinstance(piece.data, dict) and piece.data.get("order")]

    def documents(self) -> Iterator[Document]:
        if self.campaign:
            yield self.campaign
        yield from self.posts
        yield from self.prints
        yield from self.events
        yield from self.surveys
        yield from self.results
        yield from self.programmes
        yield from self.tests


def find_kits(folder: Path) -> list[Path]:
    """Return the folders of kits: the folder itself if it is one, or those directly inside it, by name."""
    if _is_kit(folder):
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and _is_kit(path))


def _is_kit(folder: Path) -> bool:
    return (folder / CAMPAIGN_FILE).is_file() or any((folder / "programmes").glob("*.yaml"))


def read_kit(folder: Path) -> Kit:
    """Read all files of a kit. Never raises for what is inside the folder: see `findings`."""
    kit = Kit(folder=folder, campaign=None)
    total = 0
    campaign: Document | None = None
    for count, (path, name) in enumerate(inner_files(folder), start=1):
        if count > MAX_FILES:
            kit.findings.append(
                Finding(name, 1, T("Paket ini berisi terlalu banyak berkas."), T("Paling banyak %(n)s.", n=MAX_FILES))
            )
            break
        refused = _refused(path, name)
        if refused:
            kit.findings.append(refused)
            continue
        total += path.stat().st_size
        try:
            if name == CAMPAIGN_FILE:
                campaign = read_yaml(path, name)
            else:
                _read_into(kit, path, name)
        except Unreadable as error:
            kit.findings.append(error.finding)
    if total > MAX_TOTAL_BYTES:
        kit.findings.append(
            Finding(
                CAMPAIGN_FILE,
                1,
                T("Paket ini berukuran %(size)s MB.", size=total // 10**6),
                T("Paling besar %(limit)s MB. Perkecil gambarnya.", limit=MAX_TOTAL_BYTES // 10**6),
            )
        )
    told = any(finding.file == CAMPAIGN_FILE for finding in kit.findings)
    if campaign is None and not told and (not kit.programmes or _needs_campaign(kit)):
        kit.findings.append(
            Finding(CAMPAIGN_FILE, 1, T("Berkas campaign.yaml tidak ada."), T("Salin dari paket contoh, lalu ubah."))
        )
    return replace(kit, campaign=campaign)


def _needs_campaign(kit: Kit) -> bool:
    return bool(kit.posts or kit.prints or kit.events or kit.surveys or kit.results)


def _read_into(kit: Kit, path: Path, name: str) -> None:
    """Add a file of a folder of the kit; pictures are read later. Raises Unreadable."""
    if _is_in(name, "posts", ".md"):
        kit.posts.append(read_post(path, name))
    for folder, documents in (
        ("print", kit.prints), ("events", kit.events), ("surveys", kit.surveys), ("recorded", kit.results),
        ("programmes", kit.programmes), ("tests", kit.tests),
    ):  # fmt: skip
        if _is_in(name, folder, ".yaml"):
            documents.append(read_yaml(path, name))


def _refused(path: Path, name: str) -> Finding | None:
    if path.is_symlink():
        return Finding(
            name, 1, T("Ini tautan ke berkas lain, bukan berkas."), T("Salin berkas aslinya ke dalam folder paket.")
        )
    known = (
        name == CAMPAIGN_FILE
        or name in SIDE_FILES
        or _is_in(name, "posts", ".md")
        or any(_is_in(name, folder, ".yaml") for folder in YAML_FOLDERS)
        or (name.startswith("media/") and path.suffix.lower() in MATERIAL_ENDINGS)
    )
    if not known:
        return Finding(
            name,
            1,
            T("Berkas ini tidak dikenal dan tidak akan dipakai."),
            T(
                "Materi berakhiran .md di posts/, cetakan .yaml di print/, kegiatan .yaml di events/, "
                "survei .yaml di surveys/, hasil survei dari luar .yaml di recorded/, program pelatihan .yaml di "
                "programmes/, tesnya .yaml di tests/, gambar dan PDF di media/. Pindahkan atau hapus."
            ),
        )
    if len(path.stem) > MAX_STEM:
        return Finding(
            name, 1, T("Nama berkas ini terlalu panjang."), T("Paling panjang %(limit)s huruf.", limit=MAX_STEM)
        )
    if path.stat().st_size > MAX_BYTES:
        return Finding(
            name,
            1,
            T("Berkas ini berukuran %(size)s MB.", size=path.stat().st_size // 10**6),
            T("Paling besar %(limit)s MB. Perkecil gambarnya.", limit=MAX_BYTES // 10**6),
        )
    return None


def _is_in(name: str, folder: str, ending: str) -> bool:
    parts = name.split("/")
    return len(parts) == 2 and parts[0] == folder and name.endswith(ending)
