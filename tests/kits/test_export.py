"""A campaign goes out as a kit that can be used again."""

import io
import stat
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Role
from app.kits.archive import pack, unpack
from app.kits.check import check, errors
from app.kits.export import export_kit
from app.kits.kit import read_kit
from app.kits.service import import_kit
from app.outreach.campaigns.service import load_services
from app.outreach.posts.models import Post, PostStatus
from tests.kits.shipped import shipped
from tests.kits.test_check import CHANNELS, KITS
from tests.world import World

TZ = "Asia/Makassar"
KINDS = ("x", "facebook", "instagram", "whatsapp", "newspaper", "printer")


def shape(path: Path) -> dict[str, Any]:
    """What a kit says, without how its files are written."""
    kit = read_kit(path)
    campaign = dict(kit.meta)
    posts = {post.file: (post.body, post.data) for post in kit.posts}
    for _body, data in posts.values():
        data.setdefault("audience", campaign["audience"])
        data.setdefault("link", campaign.get("link"))
        data["texts"] = {kind: text.strip() for kind, text in data.get("texts", {}).items()}
    return {"campaign": campaign, "posts": posts, "prints": {piece.file: piece.data for piece in kit.prints}}


def test_an_exported_kit_passes_the_check_and_says_the_same(session: Session, world: World, tmp_path: Path) -> None:
    actor = world.actor(Role.EDITOR)
    load_services(session)
    for kind in KINDS:
        world.outlet(kind)
    storage = Storage(tmp_path / "media")
    now = world.clock.now()
    start = date(2026, 11, 30)
    original = KITS / "kenal-smart-city"
    made = import_kit(session, actor, shipped(original), start=start, storage=storage, now=now, tz=TZ)
    session.commit()

    folder = export_kit(session, actor, made.campaign.id, tmp_path / "keluar", storage=storage, tz=TZ)

    assert folder.name == "kenal-smart-city"
    assert [str(finding) for finding in errors(check(folder, channels=CHANNELS))] == []
    before, after = shape(original), shape(folder)
    assert after["posts"].keys() == before["posts"].keys()
    for name, (body, data) in before["posts"].items():
        exported_body, exported = after["posts"][name]
        assert exported_body == body
        for key in ("title", "day", "hour", "useful_days", "outlets", "texts", "audience"):
            assert exported[key] == data[key], (name, key)
        assert [item["alt"] for item in exported["media"]] == [item["alt"] for item in data["media"]]
        assert exported.get("service") == data.get("service")
    assert after["prints"].keys() == before["prints"].keys()
    for name, data in before["prints"].items():
        for key in ("kind", "title", "columns", "height_mm", "order"):
            assert after["prints"][name].get(key) == data.get(key), (name, key)
        assert after["prints"][name]["content"]["headline"] == data["content"]["headline"]
        assert after["prints"][name]["content"].get("points") == data["content"].get("points")
    for key in ("key", "name", "audience", "days", "dimensions", "key_messages"):
        assert after["campaign"][key] == before["campaign"][key], key
    assert [goal["measure"] for goal in after["campaign"]["goals"]] == [
        goal["measure"] for goal in before["campaign"]["goals"]
    ]

    again = import_kit(session, actor, folder, start=date(2027, 1, 4), storage=storage, now=now, tz=TZ)
    session.commit()
    assert len(again.posts) == len(made.posts)


def test_a_campaign_made_by_hand_becomes_a_sound_kit(session: Session, world: World, tmp_path: Path) -> None:
    actor = world.actor(Role.EDITOR)
    campaign = world.campaign(name="Gerakan Sadar Sampah")
    world.post(world.outlet("x"), campaign=campaign, title="Satu")
    world.post(world.outlet("x"), campaign=campaign, title="Dua", scheduled_at=None, useful_until=None)
    world.post(world.outlet("x"), campaign=campaign, title="Batal", status=PostStatus.CANCELLED)
    folder = export_kit(session, actor, campaign.id, tmp_path, storage=Storage(tmp_path / "media"), tz=TZ)
    assert folder.name == "gerakan-sadar-sampah"
    assert errors(check(folder, channels=CHANNELS)) == []
    assert [post.data["title"] for post in read_kit(folder).posts] != []
    assert "Batal" not in {post.data["title"] for post in read_kit(folder).posts}


def test_somebody_elses_campaign_is_not_exported(session: Session, world: World, tmp_path: Path) -> None:
    stranger = world.actor(Role.EDITOR, organisation=world.organisation())
    campaign = world.campaign()
    with pytest.raises(NotFound):
        export_kit(session, stranger, campaign.id, tmp_path, storage=Storage(tmp_path / "media"), tz=TZ)
    assert session.scalar(select(Post.id)) is None


# --- ZIP files ---


def archive(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


def test_packed_kit_comes_back_whole(tmp_path: Path) -> None:
    folder = unpack(pack(KITS / "ukm-go-digital"), tmp_path)
    assert folder.name == "ukm-go-digital"
    assert shape(folder) == shape(KITS / "ukm-go-digital")


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([("../luar.txt", b"x")], "di luar foldernya"),
        ([("paket/../../luar.txt", b"x")], "di luar foldernya"),
        ([("/luar.txt", b"x")], "di luar foldernya"),
        ([("..\\luar.txt", b"x")], "di luar foldernya"),
        ([("C:\\luar.txt", b"x")], "di luar foldernya"),
        ([(_link("paket/campaign.yaml"), b"/etc/passwd")], "memuat tautan"),
        ([("paket/bom.txt", b"0" * 30_000_000)], "terlalu besar"),
        ([(f"paket/{number}.txt", b"x") for number in range(500)], "terlalu banyak berkas"),
        ([("a.txt", b"x")], "satu paket"),
        ([("a/campaign.yaml", b"x"), ("b/campaign.yaml", b"x")], "satu paket"),
        ([("a/campaign.yaml", b"x"), ("a/campaign.yaml", b"y")], "bukan ZIP yang bisa dibuka"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_dangerous_zip_is_refused(tmp_path: Path, members: list[tuple[str, bytes]], sentence: str) -> None:
    inside = tmp_path / "dalam"
    inside.mkdir()
    with pytest.raises(Invalid, match=sentence):
        unpack(archive(*members), inside)
    assert {path.name for path in tmp_path.iterdir()} == {"dalam"}


def _packed_wrongly(compression: int) -> bytes:
    """A ZIP whose directory is right and whose one compressed stream is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        made.writestr("a/campaign.yaml", b"name: Uji\n" * 40)
    data = bytearray(out.getvalue())
    start, size = 30 + len("a/campaign.yaml"), made.infolist()[0].compress_size
    head = 9 if compression == zipfile.ZIP_LZMA else 0  # behind it the stream itself begins
    data[start + head : start + size] = b"\xff" * (size - head)
    return bytes(data)


def _of_method(number: int, flags: int = 0) -> bytes:
    """A ZIP that says another compression or, with flag 1, that it is encrypted."""
    data = bytearray(archive(("a/campaign.yaml", b"x")))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.index(signature) + offset
        data[at : at + 4] = bytes([flags, 0, number, 0])
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"bukan zip", id="text"),
        pytest.param(archive(("a/campaign.yaml", b"x"))[:-30], id="cut short"),
        pytest.param(_packed_wrongly(zipfile.ZIP_DEFLATED), id="broken deflate"),
        pytest.param(_packed_wrongly(zipfile.ZIP_BZIP2), id="broken bzip2"),
        pytest.param(_packed_wrongly(zipfile.ZIP_LZMA), id="broken lzma"),
        pytest.param(_of_method(97), id="unknown compression"),
        pytest.param(_of_method(8, flags=1), id="encrypted"),
    ],
)
def test_a_broken_zip_gets_a_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Invalid, match="bukan ZIP yang bisa dibuka"):
        unpack(data, tmp_path)


def test_litter_of_other_computers_is_left_out(tmp_path: Path) -> None:
    folder = unpack(archive(("a/campaign.yaml", b"x"), ("__MACOSX/a/._x", b"x"), ("a/.DS_Store", b"x")), tmp_path)
    assert [path.name for path in folder.iterdir()] == ["campaign.yaml"]
