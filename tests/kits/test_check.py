"""Every finding names the file, the line and the mend."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from twitter_text import parse_tweet

from app.kits.check import check, check_all, errors
from app.kits.check_schema import SCHEMA_FOLDER, SCHEMAS
from app.kits.commands import check_command
from app.kits.kit import read_kit
from app.kits.reading import Finding
from app.outreach.outlets.ports import Limits
from app.outreach.posts.content import GAP, sample_link, with_link

KITS = Path(__file__).parents[2] / "campaigns"
CAMPAIGN = """key: contoh
name: Program contoh
summary: Ringkasan program contoh.
audience: residents
days: 7
services: [kim]
link: https://kukarkab.go.id
"""
POST = """---
title: Materi contoh
day: 1
hour: "08:30"
outlets: [x, facebook]
texts:
  x: Teks untuk X.
media:
  - file: media/gambar.png
    alt: Sebuah kotak berwarna hijau di tengah layar.
---
Teks dasar.
"""
PRINT = """kind: poster
title: Poster contoh
content:
  headline: Judul poster
image: media/gambar.png
"""


@dataclass
class FakeChannel:
    limits: Limits
    count: Callable[[str], int] = len


CHANNELS: dict[str, Any] = {
    "x": FakeChannel(Limits(max_text=280, max_images=4), lambda text: parse_tweet(text).weightedLength),
    "facebook": FakeChannel(Limits(max_text=63206, max_images=10)),
    "instagram": FakeChannel(Limits(max_text=2200, min_images=1, max_images=10, max_hashtags=30)),
}


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    folder = tmp_path / "contoh"
    for name in ("posts", "print", "media"):
        (folder / name).mkdir(parents=True)
    (folder / "campaign.yaml").write_text(CAMPAIGN, encoding="utf-8")
    (folder / "posts" / "satu.md").write_text(POST, encoding="utf-8")
    (folder / "print" / "poster.yaml").write_text(PRINT, encoding="utf-8")
    Image.new("RGB", (20, 20), "green").save(folder / "media" / "gambar.png")
    return folder


def only(kit: Path) -> Finding:
    findings = check(kit, channels=CHANNELS, regency_code="64.02")
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def change(kit: Path, name: str, old: str, new: str) -> None:
    path = kit / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_sound_kit_has_no_findings(kit: Path) -> None:
    assert check(kit, channels=CHANNELS, regency_code="64.02") == []


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "sentence", "mend"),
    [
        ("campaign.yaml", "audience: residents", "audiance: residents", 4, "audiance", "audience"),
        ("campaign.yaml", "audience: residents", "audience: warga", 4, "warga", "residents"),
        ("campaign.yaml", "days: 7", "days: tujuh", 5, "bilangan bulat", "lekukan"),
        ("campaign.yaml", "days: 7", "days: 0", 5, "di luar batas", "antara 1 dan 366"),
        ("campaign.yaml", "key: contoh", "key: Contoh Paket", 1, "tidak bisa dibaca", "huruf kecil"),
        ("campaign.yaml", "services: [kim]", "services: [kmi]", 6, "kmi", "kim"),
        ("campaign.yaml", "services: [kim]", "services: [kim, kim]", 6, "dua kali", "kembar"),
        ("campaign.yaml", "link: https", "link: ftp", 7, "Tautan ini tidak bisa dipakai", "https://"),
        ("campaign.yaml", "days: 7", "days: 7\nvillages: [64.02.12.9999]", 6, "tidak dikenal", "Wilayah"),
        ("campaign.yaml", "days: 7", "days: 7\nvillages: [64.02.12]", 6, "tidak bisa dibaca", "64.02.12.2002"),
        ("campaign.yaml", "days: 7", "days: 7\nvillages: [64.03.01.2001]", 6, "bukan wilayah", "64.02"),
        ("campaign.yaml", "days: 7", "days: 7\ndays: 8", 6, "dua kali", "Hapus salah satunya"),
        ("campaign.yaml", "days: 7", "days: [7", 6, "Penulisan YAML keliru", "tanda kutip"),
        ("campaign.yaml", "name: Program", "name: &a Program", 2, "Tanda & dan *", "Tulis isinya utuh"),
        ("posts/satu.md", "outlets: [x, facebook]", "outlets: [x, twitter]", 5, "twitter", "x, facebook"),
        ("posts/satu.md", 'hour: "08:30"', 'hour: "25:30"', 4, "25:30", "00:00"),
        ("posts/satu.md", 'hour: "08:30"', "hour: 8.30", 4, "harus berupa teks", "tanda kutip"),
        ("posts/satu.md", 'hour: "08:30"\n', "", 2, "“hour” belum ada", "hour:"),
        ("posts/satu.md", "day: 1", "day: 7", 3, "di luar program", "paling besar 6"),
        ("posts/satu.md", "day: 1", "day: 1\nservice: kimm", 4, "kimm", "kim"),
        ("posts/satu.md", "day: 1", "day: 1\nlink: kukarkab.go.id", 4, "Tautan ini", "https://"),
        ("posts/satu.md", "    alt: Sebuah kotak berwarna hijau di tengah layar.\n", "", 9, "teks alternatif", "alt:"),
        ("posts/satu.md", "Sebuah kotak berwarna hijau di tengah layar.", "kotak", 10, "terlalu pendek", "10 huruf"),
        ("posts/satu.md", "media/gambar.png", "media/hilang.png", 9, "tidak ada", "ejaan"),
        ("posts/satu.md", "media/gambar.png", "../../luar.png", 9, "di luar folder", "media/"),
        ("posts/satu.md", "media/gambar.png", "/etc/hostname", 9, "di luar folder", "media/"),
        ("posts/satu.md", "x: Teks untuk X.", "x: " + "kata " * 60, 7, "terlalu panjang", "280"),
        ("posts/satu.md", "  x: Teks", "  instagram: Teks", 7, "saluran itu tidak dipakai", "outlets"),
        ("posts/satu.md", "Teks dasar.", "", 12, "“facebook” kosong", "teks dasar"),
        ("posts/satu.md", "Teks dasar.", "Buka [LENGKAPI: jam buka", 12, "belum ditutup", "]"),
        ("posts/satu.md", "---\ntitle", "title", 1, "Baris pertama", "---"),
        ("print/poster.yaml", "kind: poster", "kind: spanduk", 1, "spanduk", "poster"),
        ("print/poster.yaml", "kind: poster", "kind: newspaper\ncolumns: 4", 1, "“height_mm” belum ada", "height_mm"),
        ("print/poster.yaml", "headline: Judul poster", "headlin: Judul poster", 4, "headlin", "headline"),
    ],
)
def test_finding_names_file_line_and_mend(
    kit: Path, name: str, old: str, new: str, line: int, sentence: str, mend: str
) -> None:
    change(kit, name, old, new)
    findings = check(kit, channels=CHANNELS, regency_code="64.02")
    found = [finding for finding in findings if finding.line == line and sentence in str(finding.sentence)]
    assert found, [str(finding) for finding in findings]
    assert found[0].file == name
    assert found[0].level == "error"
    assert mend in str(found[0].mend)


def test_times_and_words_of_yaml_stay_text(kit: Path) -> None:
    change(kit, "posts/satu.md", 'hour: "08:30"', "hour: 10:30")  # YAML 1.1 would read the number 630
    change(kit, "posts/satu.md", "title: Materi contoh", "title: yes")
    assert check(kit, channels=CHANNELS) == []
    assert read_kit(kit).posts[0].data["title"] == "yes"


def test_link_counts_as_the_short_link_it_will_be(kit: Path) -> None:
    change(kit, "posts/satu.md", "x: Teks untuk X.", "x: " + "a" * 257)
    assert "281" in str(only(kit).sentence)  # 257, a line break, 23
    change(kit, "posts/satu.md", "day: 1", "day: 1\nlink: null")
    assert check(kit, channels=CHANNELS) == []


def test_instagram_needs_an_image_and_few_hashtags(kit: Path) -> None:
    change(kit, "posts/satu.md", "[x, facebook]", "[x, instagram]")
    text = (kit / "posts" / "satu.md").read_text(encoding="utf-8")
    head, _media, _tail = text.partition("media:")
    tags = " ".join(f"#tagar{number}" for number in range(31))
    (kit / "posts" / "satu.md").write_text(f"{head}---\n{tags}\n", encoding="utf-8")
    told = [str(finding) for finding in check(kit, channels=CHANNELS)]
    assert any("satu.md:5" in line and "memerlukan gambar" in line for line in told)
    assert any("31 tagar" in line for line in told)


def test_places_to_fill_in_are_notes_once_a_file(kit: Path) -> None:
    change(kit, "posts/satu.md", "Teks untuk X.", '"Buka [LENGKAPI: jam buka]"')
    change(kit, "posts/satu.md", "Teks dasar.", "Buka [LENGKAPI: jam buka]")
    finding = only(kit)
    assert (finding.level, finding.line) == ("note", 7)
    assert "jam buka" in str(finding.sentence)
    assert errors([finding]) == []


def test_links_to_other_files_are_refused(kit: Path, tmp_path: Path) -> None:
    (tmp_path / "rahasia.yaml").write_text(PRINT, encoding="utf-8")
    (kit / "print" / "tautan.yaml").symlink_to(tmp_path / "rahasia.yaml")
    finding = only(kit)
    assert finding.file == "print/tautan.yaml"
    assert "tautan ke berkas lain" in str(finding.sentence)
    assert len(read_kit(kit).prints) == 1, "what the link leads to was not read"


def test_an_image_behind_a_linked_folder_is_outside(kit: Path, tmp_path: Path) -> None:
    outside = tmp_path / "luar"
    outside.mkdir()
    shutil.copy(kit / "media" / "gambar.png", outside / "a.png")
    (kit / "album").symlink_to(outside)
    change(kit, "posts/satu.md", "media/gambar.png", "album/a.png")
    told = [str(finding) for finding in check(kit)]
    assert any("satu.md:9" in line and "di luar folder" in line for line in told)


def test_files_that_nobody_would_use_are_told(kit: Path) -> None:
    (kit / "posts" / "dua.txt").write_text("x", encoding="utf-8")
    (kit / ".DS_Store").write_text("x", encoding="utf-8")
    assert only(kit).file == "posts/dua.txt"


def test_a_picture_that_is_none_is_told(kit: Path) -> None:
    (kit / "media" / "gambar.png").write_bytes(b"%PDF-1.7 bukan gambar")
    told = check(kit)
    assert {(finding.file, finding.line) for finding in told} == {("posts/satu.md", 9), ("print/poster.yaml", 5)}
    assert "bukan gambar yang bisa dibaca" in str(told[0].sentence)


def test_huge_text_file_is_refused_unread(kit: Path) -> None:
    (kit / "posts" / "satu.md").write_text("---\n" + "a" * 300_000, encoding="utf-8")
    assert "terlalu besar" in str(only(kit).sentence)


def test_nested_yaml_does_not_break_the_check(kit: Path) -> None:
    (kit / "print" / "poster.yaml").write_text("[" * 50_000, encoding="utf-8")
    finding = only(kit)
    assert (finding.file, finding.level) == ("print/poster.yaml", "error")


def test_bytes_that_are_no_text_are_told_with_their_line(kit: Path) -> None:
    (kit / "posts" / "satu.md").write_bytes(b"---\ntitle: a\nday: \xff\n---\n")
    assert only(kit).line == 3


def test_folder_without_campaign_file_is_told(tmp_path: Path) -> None:
    findings = check(tmp_path)
    assert [finding.file for finding in findings] == ["campaign.yaml"]
    assert "tidak ada" in str(findings[0].sentence)


def test_two_kits_may_not_share_a_key(kit: Path) -> None:
    shutil.copytree(kit, kit.parent / "salinan")
    results = check_all(kit.parent)
    [finding] = results[kit.parent / "salinan"]
    assert (finding.line, results[kit]) == (1, [])
    assert "contoh" in str(finding.sentence)


def test_command_tells_and_answers_with_an_exit_code(kit: Path, tmp_path: Path) -> None:
    text, code = check_command(kit, channels=CHANNELS)
    assert (text, code) == ("contoh: siap dipakai", 0)
    change(kit, "posts/satu.md", "day: 1", "day: 9")
    text, code = check_command(kit.parent, channels=CHANNELS)
    assert code == 1
    assert "salah posts/satu.md:3: " in text
    empty = tmp_path / "kosong"
    empty.mkdir()
    assert check_command(empty)[1] == 2


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_itself_valid(name: str) -> None:
    Draft202012Validator.check_schema(json.loads((SCHEMA_FOLDER / f"{name}.json").read_text(encoding="utf-8")))


# --- the kits that are shipped ---


@pytest.mark.parametrize("name", ["kenal-smart-city", "ukm-go-digital"])
def test_shipped_kit_passes(name: str) -> None:
    findings = check(KITS / name, channels=CHANNELS, regency_code="64.02")
    assert [str(finding) for finding in errors(findings)] == []
    for file in (KITS / name / "media").iterdir():
        assert file.stat().st_size <= 150_000, file.name


def test_kenal_smart_city_has_fourteen_posts_over_four_weeks() -> None:
    kit = read_kit(KITS / "kenal-smart-city")
    days = sorted(post.data["day"] for post in kit.posts)
    assert len(kit.posts) == 14
    assert kit.meta["days"] == 28
    assert {day // 7 for day in days} == {0, 1, 2, 3}
    assert {piece.data["kind"] for piece in kit.prints} == {"poster", "leaflet", "newspaper"}
    assert {post.data.get("service") for post in kit.posts} - {None} == set(kit.meta["services"])
    for post in kit.posts:
        assert set(post.data["outlets"]) == {"x", "facebook", "instagram", "whatsapp"}
        assert set(post.data["texts"]) == {"x", "instagram", "whatsapp"}
        assert post.body


def test_first_post_is_complete_and_a_later_one_waits_for_the_office() -> None:
    kit = read_kit(KITS / "kenal-smart-city")
    by_day = sorted(kit.posts, key=lambda post: post.data["day"])
    assert by_day[0].data["day"] == 0
    assert not GAP.search(by_day[0].body + json.dumps(by_day[0].data))
    assert any(GAP.search(post.body) for post in kit.posts)
    newspaper = next(piece for piece in kit.prints if piece.data["kind"] == "newspaper")
    assert not GAP.search(json.dumps(newspaper.data))
    assert newspaper.data["order"]["outlet_kinds"] == ["newspaper"]


@pytest.mark.parametrize("site", ["https://gaung.kukarkab.go.id", "http://127.0.0.1:5000"])
def test_texts_for_x_fit_with_their_link(site: str) -> None:
    link = sample_link(site)
    for name in ("kenal-smart-city", "ukm-go-digital"):
        for post in read_kit(KITS / name).posts:
            text = with_link(post.data["texts"]["x"], link)
            assert link in text
            assert parse_tweet(text).weightedLength <= 280, post.file
