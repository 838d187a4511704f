"""What a file is, by its content."""

import struct
import zlib

import pytest
from PIL import Image

from app.base.media.check import MAX_BYTES, MAX_SIDE, check_file, check_image, check_pdf, clean_name
from app.kernel.errors import Invalid
from tests.media.images import flat, moving, opened, pdf, phone_photo, picture


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_the_four_kinds_are_kept_as_they_are(kind: str, mime: str) -> None:
    checked = check_image(picture(kind), "foto")
    assert checked.mime == f"image/{mime}"
    assert opened(checked.data).format == kind
    assert (checked.width, checked.height) == (640, 480)


def test_the_name_says_nothing_about_the_content() -> None:
    assert check_image(flat("PNG"), "foto.jpg").mime == "image/png"


def test_a_photo_is_turned_upright_and_says_nothing_of_place_or_phone() -> None:
    original = phone_photo()
    assert b"Ponsel Rahasia" in original
    checked = check_image(original, "foto.jpg")
    image = opened(checked.data)
    assert image.size == (300, 400) == (checked.width, checked.height)
    assert len(image.getexif()) == 0
    assert b"Exif" not in checked.data
    assert b"Ponsel" not in checked.data


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_exif_of_other_kinds_goes_too(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Ponsel Rahasia"
    original = flat(kind, exif=exif)
    assert b"Ponsel" in original
    assert b"Ponsel" not in check_image(original, "x").data


def test_comments_and_text_chunks_go_too() -> None:
    assert b"rahasia" not in check_image(flat("JPEG", comment=b"rahasia"), "x").data
    assert b"rahasia" not in check_image(flat("GIF", comment=b"rahasia"), "x").data


def test_a_pdf_named_jpg_is_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid, match=r"“brosur\.jpg” adalah dokumen PDF.*Simpan halamannya sebagai JPG"):
        check_image(pdf(), "brosur.jpg")


def test_a_heic_photo_says_how_to_get_a_jpg() -> None:
    with pytest.raises(Invalid, match="HEIC"):
        check_image(b"\0\0\0\x18ftypheic" + bytes(100), "IMG_0001.HEIC")


@pytest.mark.parametrize("data", [b"<svg/>", b"MZ\x90", b"PK\x03\x04 isi docx", b"\x00", b"halo"])
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="bukan gambar yang dikenal"):
        check_image(data, "x.png")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid, match="kosong"):
        check_file(b"", "x.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.7])
def test_a_cut_image_is_refused(kind: str, part: float) -> None:
    whole = picture(kind, size=(300, 300))
    with pytest.raises(Invalid, match=r"rusak atau terpotong|bukan gambar"):
        check_image(whole[: int(len(whole) * part)], "foto")


def test_a_damaged_png_is_refused() -> None:
    data = bytearray(picture("PNG", size=(300, 300)))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(Invalid, match="rusak"):
        check_image(bytes(data), "foto.png")


def test_sixty_megabytes_are_refused_with_the_limit() -> None:
    with pytest.raises(Invalid, match=r"berukuran 60 MB; paling besar 20 MB\. Perkecil dulu"):
        check_image(b"\xff\xd8\xff" + bytes(60_000_000), "foto.jpg")
    assert MAX_BYTES == 20_000_000


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(8000, 7000), (20_000, 20_000), (100_000, 100_000)])
def test_an_image_that_unpacks_to_too_much_is_refused_before_it_does(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match="paling banyak 50 juta piksel"):
        check_image(bomb(*size), "kecil.png")


@pytest.mark.parametrize("size", [(6000, 3000), (4200, 2100), (9000, 4500)])
def test_a_large_photo_is_kept_smaller(size: tuple[int, int]) -> None:
    checked = check_image(flat(size=size), "foto.jpg")
    assert checked.width is not None
    assert 3000 <= checked.width <= MAX_SIDE
    assert checked.height is not None
    assert checked.width == pytest.approx(2 * checked.height, abs=2)


def test_a_printers_cmyk_photo_becomes_rgb() -> None:
    assert opened(check_image(flat(mode="CMYK"), "cetak.jpg").data).mode == "RGB"


def test_a_see_through_png_stays_so() -> None:
    assert opened(check_image(flat("PNG", mode="RGBA"), "logo.png").data).mode == "RGBA"


def test_a_moving_picture_keeps_its_frames_and_has_a_limit() -> None:
    assert opened(check_image(moving(), "x.gif").data).n_frames == 3
    with pytest.raises(Invalid, match="bergerak"):
        check_image(moving(301), "x.gif")


def test_a_pdf_is_checked_by_opening_it() -> None:
    assert check_file(pdf(), "surat.pdf").mime == "application/pdf"
    with pytest.raises(Invalid, match="kata sandi"):
        check_pdf(pdf("kunci"), "surat.pdf")
    with pytest.raises(Invalid, match=r"rusak|tidak berisi"):
        check_pdf(b"%PDF-1.7\n" + b"x" * 500, "surat.pdf")
    with pytest.raises(Invalid, match="bukan dokumen PDF"):
        check_pdf(flat(), "surat.pdf")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\foto\\a.jpg", "a.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nX: y.jpg", "aX: y.jpg"),
        ("", "berkas"),
        ("x" * 500, "x" * 200),
    ],
)
def test_names_lose_paths_and_line_breaks(name: str, clean: str) -> None:
    assert clean_name(name) == clean
