from functools import cache
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.base.media import service
from app.base.media.check import check_image, check_pdf
from app.base.media.derive import derive, public_path, read_rendition, read_token, thumbnail
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.kernel.clock import FrozenClock
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import SYSTEM, Role
from tests.media.images import flat, moving, opened, pdf, picture
from tests.world import World

SECRET = "s" * 40


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "media")


@pytest.fixture
def keep(session: Session, world: World, clock: FrozenClock, storage: Storage):
    actor = world.actor(Role.CONTRIBUTOR)

    def make(data: bytes, name: str = "foto.jpg", **values) -> StoredFile:
        file = service.store(session, storage, values.pop("actor", actor), data, name, now=clock.now(), **values)
        session.commit()
        return file

    return make


@cache
def large() -> bytes:
    """A PNG that nothing compresses, made once."""
    return picture("PNG", size=(1600, 1200))


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_stored_can_be_read_by_record_and_by_hash(keep, storage: Storage) -> None:
    file = keep(flat("PNG"), "logo.png", alt_text="  Logo \n kabupaten ")
    assert storage.read(file) == storage.read(file.sha256)
    assert opened(storage.read(file)).size == (640, 480)
    assert (file.mime, file.width, file.height, file.alt_text) == ("image/png", 640, 480, "Logo kabupaten")
    assert file.size == len(storage.read(file))


def test_the_same_content_lies_there_once(keep, storage: Storage) -> None:
    first, second = keep(flat()), keep(flat(), "lagi.jpg")
    assert first.id != second.id
    assert first.sha256 == second.sha256
    assert len(files_in(storage.root)) == 1


def test_an_image_is_asked_for_and_a_pdf_refused(
    session: Session, world: World, clock: FrozenClock, storage: Storage
) -> None:
    actor = world.actor(Role.EDITOR)
    with pytest.raises(Invalid, match="PDF, bukan gambar"):
        service.store(session, storage, actor, pdf(), "foto.jpg", check=check_image, now=clock.now())
    with pytest.raises(Invalid, match="bukan dokumen PDF"):
        service.store(session, storage, actor, flat(), "surat.pdf", check=check_pdf, now=clock.now())
    assert not storage.root.exists()


def test_a_long_alt_text_is_refused(keep) -> None:
    with pytest.raises(Invalid, match="paling banyak 1000"):
        keep(flat(), alt_text="a" * 1001)


def test_a_file_that_nothing_holds_is_for_who_uploaded_it(session: Session, world: World, keep) -> None:
    opd = world.organisation()
    uploader = world.actor(Role.CONTRIBUTOR, organisation=opd)
    file = keep(flat(), actor=uploader)
    assert service.file_of(session, uploader, file.id) is file
    assert service.file_by_key(session, uploader, file.key) is file
    others = (world.actor(Role.ADMIN), world.actor(Role.EDITOR, organisation=opd), world.actor(Role.EDITOR))
    for other in others:
        with pytest.raises(NotFound):
            service.file_of(session, other, file.id)
        with pytest.raises(NotFound):
            service.file_by_key(session, other, file.key)


def test_the_system_keeps_files_for_an_organisation(world: World, keep) -> None:
    assert keep(flat(), actor=SYSTEM, organisation_id=world.office().id).organisation_id == world.office().id


def test_what_fits_goes_out_as_it_is(keep, storage: Storage) -> None:
    file = keep(flat("PNG"))
    data, mime = derive(storage, file, mimes=("image/jpeg", "image/png"), max_bytes=1_000_000, max_side=1000)
    assert (data, mime) == (storage.read(file), "image/png")
    assert not (storage.root / "derived").exists()


def test_instagram_gets_a_jpeg_on_white(keep, storage: Storage) -> None:
    file = keep(flat("PNG", mode="RGBA"), "logo.png")
    data, mime = derive(storage, file, mimes=("image/jpeg",), max_bytes=8_000_000, max_side=1440)
    assert mime == "image/jpeg"
    assert opened(data).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.one_database
@pytest.mark.parametrize("max_bytes", [400_000, 100_000, 20_000])
def test_an_image_is_made_to_fit_bytes_and_side(keep, storage: Storage, max_bytes: int) -> None:
    file = keep(large())
    assert file.size > max_bytes
    data, mime = derive(storage, file, mimes=("image/jpeg", "image/png"), max_bytes=max_bytes, max_side=1000)
    assert len(data) <= max_bytes
    assert max(opened(data).size) <= 1000
    assert mime == f"image/{(opened(data).format or '').lower()}"
    assert opened(data).size[0] / opened(data).size[1] == pytest.approx(4 / 3, abs=0.02)


@pytest.mark.one_database
def test_a_derivative_is_made_once(keep, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    file = keep(large())
    wanted = {"mimes": ("image/jpeg",), "max_bytes": 200_000, "max_side": 800}
    first = derive(storage, file, **wanted)
    monkeypatch.setattr("app.base.media.derive._fit", None)
    assert derive(storage, file, **wanted) == first


def test_a_moving_picture_that_a_channel_does_not_take_becomes_its_first(keep, storage: Storage) -> None:
    file = keep(moving(), "x.gif")
    data, mime = derive(storage, file, mimes=("image/jpeg",), max_bytes=100_000, max_side=800)
    assert (mime, opened(data).size) == ("image/jpeg", (40, 30))


def test_what_cannot_fit_or_is_no_image_gets_a_sentence(keep, storage: Storage) -> None:
    with pytest.raises(Invalid, match="cukup kecil"):
        derive(storage, keep(picture()), mimes=("image/jpeg",), max_bytes=500, max_side=800)
    with pytest.raises(Invalid, match="bukan gambar"):
        derive(storage, keep(pdf(), "a.pdf"), mimes=("image/jpeg",), max_bytes=500, max_side=800)


def test_a_thumbnail_is_small(keep, storage: Storage) -> None:
    data, mime = thumbnail(storage, keep(picture("PNG", size=(2000, 1000))))
    assert (mime, opened(data).size) == ("image/jpeg", (320, 160))
    assert len(data) < 60_000


def test_a_public_path_gives_back_its_file_and_form(keep, storage: Storage) -> None:
    file = keep(flat("PNG", mode="RGBA"))
    path = public_path(SECRET, file.id, mimes=("image/jpeg",), max_bytes=8_000_000, max_side=1440)
    file_id, wanted = read_token(SECRET, path.removeprefix("/m/"))
    assert file_id == file.id
    assert read_rendition(storage, file, wanted)[1] == "image/jpeg"
    assert read_rendition(storage, file, read_token(SECRET, public_path(SECRET, file.id)[3:])[1])[1] == "image/png"


def test_nobody_makes_up_a_public_path() -> None:
    token = public_path(SECRET, 1).removeprefix("/m/")
    for made_up in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "", public_path("t" * 40, 1)[3:]):
        with pytest.raises(NotFound):
            read_token(SECRET, made_up)


def test_a_write_that_breaks_leaves_nothing(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        storage.put(b"isi")
    assert files_in(storage.root) == []


def test_a_hash_cannot_name_a_path(storage: Storage) -> None:
    with pytest.raises(ValueError):
        storage.path("../../etc/passwd")
