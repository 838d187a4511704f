"""`flask surveys estimate` and `compare` on real files, through click. R's figures: see test_estimates_schools.py."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import surveys
from app.evidence.surveys.commands import compare_command, estimate_command
from tests.surveys.schools import DATA, rows

CLUSTERS = str(DATA / "apiclus1.csv")
STRATA = str(DATA / "apistrat.csv")
SIMPLE = str(DATA / "apisrs.csv")
KEYS = ["estimate", "se", "df", "low", "high", "n", "clusters", "deff", "lone_strata"]


def run(*arguments: str, command: Any = estimate_command) -> Result:
    return CliRunner().invoke(command, list(arguments))


def figures(*arguments: str, command: Any = estimate_command) -> Any:
    done = run(*arguments, "--json", command=command)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(*arguments: str, command: Any = estimate_command) -> str:
    done = run(*arguments, "--json", command=command)
    assert done.exit_code == 1, done.output
    assert done.stdout == ""
    assert done.stderr.startswith("Kesalahan: ")
    return done.stderr


def csv(folder: Path, text: str, name: str = "jawaban.csv") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_clusters_as_r_prints_them() -> None:
    found = figures(
        CLUSTERS, "--measure", "api00", "--mean", "--weight", "pw", "--cluster", "dnum", "--population", "fpc"
    )
    assert list(found) == KEYS
    assert found["estimate"] == pytest.approx(644.1694, abs=5e-5)
    assert found["se"] == pytest.approx(23.5422, abs=5e-5)
    assert found["deff"] == pytest.approx(9.3459, abs=5e-5)
    assert (found["low"], found["high"]) == pytest.approx((593.6763, 694.6625), abs=5e-5)
    assert (found["df"], found["n"], found["clusters"]) == (14, 183, 15)


def test_strata_as_r_prints_them() -> None:
    design = ("--weight", "pw", "--stratum", "stype", "--population", "fpc")
    found = figures(STRATA, "--measure", "api00", "--mean", *design)
    assert (found["estimate"], found["se"]) == pytest.approx((662.2874, 9.4089), abs=5e-5)
    assert (found["df"], found["clusters"]) == (197, 200)
    found = figures(STRATA, "--measure", "sch_wide", *design)
    assert (found["estimate"], found["se"], found["deff"]) == pytest.approx((0.8279480, 0.0243448, 0.8555719), abs=5e-7)
    assert 0.77 < found["low"] < found["estimate"] < found["high"] < 0.88


def test_groups_as_r_prints_them() -> None:
    found = figures(
        CLUSTERS, "--measure", "ell", "--mean", "--weight", "pw", "--cluster", "dnum", "--population", "fpc",
        "--by", "stype",
    )  # fmt: skip
    assert [one["stype"] for one in found] == [one["group"] for one in found] == ["E", "H", "M"]
    assert [one["estimate"] for one in found] == pytest.approx([29.69444, 15.0, 22.68], abs=5e-6)
    assert [one["se"] for one in found] == pytest.approx([1.411617, 5.347065, 2.952862], abs=5e-7)
    assert [one["clusters"] for one in found] == [15, 8, 12]


def test_missing_answers_count_as_asked() -> None:
    found = figures(
        CLUSTERS, "--measure", "acs_46", "--mean", "--weight", "pw", "--cluster", "dnum", "--population", "fpc"
    )
    assert (found["estimate"], found["se"], found["n"]) == pytest.approx((29.0509554, 0.4867255, 157), abs=5e-8)


def test_raking_as_r_rakes(tmp_path: Path) -> None:
    margins = csv(
        tmp_path,
        "variable,level,total\nstype,E,4421\nstype,H,755\nstype,M,1018\nsch_wide,0,1072\nsch_wide,1,5122\n",
        "jumlah.csv",
    )
    done = run(
        CLUSTERS, "--measure", "api00", "--mean", "--weight", "pw", "--cluster", "dnum", "--rake", margins, "--json"
    )
    found = json.loads(done.stdout)
    assert (found["estimate"], found["se"]) == pytest.approx((641.2303, 24.0456), abs=5e-5)
    assert "n efektif menurut Kish" in done.stderr


def test_raking_starts_from_the_weights_of_the_file(tmp_path: Path) -> None:
    """R: rake(svydesign(id=~1, strata=~stype, weights=~pw, data=apistrat), list(~awards, ~sch.wide), …, epsilon 1e-10),
    the weights taken as they are."""
    margins = csv(tmp_path, "variable,level,total\nawards,0,2027\nawards,1,4167\nsch_wide,0,1072\nsch_wide,1,5122\n")
    found = figures(STRATA, "--measure", "api00", "--mean", "--weight", "pw", "--stratum", "stype", "--rake", margins)
    assert (found["estimate"], found["se"]) == pytest.approx((662.489761450, 9.550772974), rel=1e-9)


def test_other_separators_and_marks_of_order(tmp_path: Path) -> None:
    path = csv(tmp_path, "\ufeffkenal;desa\n1;A\n0;A\nNA;B\n;B\n\n1;B\n0;C\n")
    found = figures(path, "--measure", "kenal", "--cluster", "desa")
    assert (found["estimate"], found["n"], found["clusters"]) == (0.5, 4, 3)


def test_confidence_is_taken() -> None:
    narrow = figures(SIMPLE, "--measure", "awards", "--weight", "pw", "--confidence", "0.8")
    wide = figures(SIMPLE, "--measure", "awards", "--weight", "pw", "--confidence", "0.99")
    assert wide["low"] < narrow["low"] < narrow["estimate"] < narrow["high"] < wide["high"]


def test_nothing_is_suppressed(tmp_path: Path) -> None:
    found = figures(csv(tmp_path, "y\n1\n0\n0\n"), "--measure", "y")
    assert found["estimate"] == pytest.approx(1 / 3)
    assert found["n"] == 3


def test_a_lone_cluster_is_named_in_both_places(tmp_path: Path) -> None:
    path = csv(tmp_path, "y,d,k\n" + "1,a,Hulu\n0,a,Hulu\n1,b,Hilir\n0,b,Hilir\n1,c,Hilir\n")
    done = run(path, "--measure", "y", "--cluster", "d", "--stratum", "k", "--json")
    assert json.loads(done.stdout)["lone_strata"] == ["Hulu"]
    assert "Hulu" in done.stderr
    assert "Hilir" not in done.stderr


def test_without_json_a_table_in_indonesian() -> None:
    done = run(CLUSTERS, "--measure", "sch_wide", "--weight", "pw", "--cluster", "dnum", "--population", "fpc",
               "--by", "stype")  # fmt: skip
    assert done.exit_code == 0
    head, first, *_rest = done.stdout.splitlines()
    assert " ".join(head.split()) == "stype Perkiraan Galat baku db Batas bawah Batas atas n Klaster Efek rancangan"
    assert first.split()[:3] == ["E", "91,67", "%"]


@pytest.mark.parametrize(
    ("text", "arguments", "wanted"),
    [
        ("", ("--measure", "y"), "kosong"),
        ("y,d\n", ("--measure", "y"), "kosong"),
        ("y\n1\n0\n", ("--measure", "z"), "Kolom “z” tidak ada"),
        ("y\n1\n0\n", ("--measure", "y", "--by", "desa"), "Kolom “desa” tidak ada"),
        ("y\n1\nsudah\n", ("--measure", "y"), "baris 3: kolom “y” berisi “sudah”, bukan angka"),
        ("y\n1\n0,5\n", ("--measure", "y"), "baris 3: ada 2 isian, padahal judulnya 1 kolom"),
        ('y,w\n1,2\n0,"0,5"\n', ("--measure", "y", "--weight", "w"), "“0,5”, bukan angka. Tulis angka dengan titik"),
        ("y\n1\n2\n", ("--measure", "y"), "baris 3: kolom “y” berisi “2”, padahal bagian dihitung dari 0 dan 1"),
        ("y,w\n1,1\n0,0\n", ("--measure", "y", "--weight", "w"), "baris 3: kolom “w” berisi “0”, padahal bobot"),
        ("y,w\n1,1\n0,-2\n", ("--measure", "y", "--weight", "w"), "padahal bobot harus di atas 0"),
        ("y,w\n1,\n0,\n", ("--measure", "y", "--weight", "w"), "kolom “w” kosong di semua baris"),
        ("y,d\n1,a\n0,\n", ("--measure", "y", "--cluster", "d"), "baris 3: kolom “d” kosong"),
        ("y\nNA\n\n.\n", ("--measure", "y"), "kosong di semua baris"),
        ("y,y\n1,0\n", ("--measure", "y"), "dua kolom bernama “y”"),
        ("y\n1\ninf\n", ("--measure", "y", "--mean"), "bukan angka"),
        (
            "y,d,k,p\n1,a,Hulu,1\n0,b,Hulu,1\n",
            ("--measure", "y", "--cluster", "d", "--stratum", "k", "--population", "p"),
            "padahal ada 2 yang ditanya di strata “Hulu”",
        ),
        (
            "y,d,k\n1,a,A\n0,,A\n1,,B\n",
            ("--measure", "y", "--cluster", "d", "--stratum", "k"),
            "baris 3: kolom “d” kosong",
        ),
        (
            "y,k,p\n1,A,9\n0,A,\n",
            ("--measure", "y", "--stratum", "k", "--population", "p"),
            "baris 3: kolom “p” kosong",
        ),
        ("y,p\n1,9\n0,8\n", ("--measure", "y", "--population", "p"), "tidak sama dengan baris lain di seluruh data"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(
    tmp_path: Path, text: str, arguments: tuple[str, ...], wanted: str
) -> None:
    assert wanted in refused(csv(tmp_path, text), *arguments)


def test_without_a_weight_nobody_is_of_the_sample(tmp_path: Path) -> None:
    path = csv(tmp_path, "y;w;d\n1;2,5;a\n0;1;b\n1;1;b\n1;;\n0;;\n")
    done = run(path, "--measure", "y", "--weight", "w", "--cluster", "d", "--json")
    assert json.loads(done.stdout)["estimate"] == pytest.approx(3.5 / 4.5)
    assert "2 baris tanpa bobot tidak dihitung" in done.stderr


def test_where_a_stratum_has_no_cluster_its_people_are_the_units(tmp_path: Path) -> None:
    head, drawn = "y,k,d\n", "1,A,a\n0,A,a\n0,A,b\n0,A,b\n1,A,c\n1,A,c\n"
    design = ("--measure", "y", "--stratum", "k", "--cluster", "d")
    found = figures(csv(tmp_path, head + drawn + "1,B,\n1,B,\n0,B,\n"), *design)
    assert (found["clusters"], found["df"]) == (6, 4)
    numbered = figures(csv(tmp_path, head + drawn + "1,B,1\n1,B,2\n0,B,3\n"), *design)
    assert [found[key] for key in KEYS[:8]] == pytest.approx([numbered[key] for key in KEYS[:8]])


def test_a_stratum_whose_size_nobody_knows_has_no_finite_correction(tmp_path: Path) -> None:
    rows = "1,A,{0}\n0,A,{0}\n1,B,{1}\n0,B,{1}\n0,B,{1}\n"
    design = ("--measure", "y", "--stratum", "k", "--population", "p")
    known, half, large = (
        figures(csv(tmp_path, "y,k,p\n" + rows.format(*sizes)), *design)["se"]
        for sizes in ((4, 6), (4, ""), (4, 10**12))
    )
    assert known < half
    assert half == pytest.approx(large)


def test_totals_of_two_columns_together_are_poststratified_to(tmp_path: Path) -> None:
    path = csv(tmp_path, "y,jk,umur\n1,f,muda\n0,f,tua\n1,m,muda\n0,m,tua\n1,m,tua\n")
    totals = "variable,level,total\njk*umur,f*muda,10\njk*umur,f*tua,20\njk*umur,m*muda,30\njk*umur,m*tua,40\n"
    found = figures(path, "--measure", "y", "--rake", csv(tmp_path, totals, "jumlah.csv"))
    assert found["estimate"] == pytest.approx((10 + 30 + 20) / 100)


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "tidak ada" in refused(str(tmp_path / "hilang.csv"), "--measure", "y")
    (tmp_path / "biner.csv").write_bytes(b"\xff\xfe\x00y")
    assert "bukan CSV" in refused(str(tmp_path / "biner.csv"), "--measure", "y")
    assert "bukan CSV" in refused(csv(tmp_path, 'y\n"' + "1" * 200_000), "--measure", "y")


def test_a_line_break_inside_a_cell_is_counted_as_a_line(tmp_path: Path) -> None:
    path = csv(tmp_path, 'y,catatan\n1,"dua\nbaris"\n2,x\n')
    assert "baris 4: kolom “y” berisi “2”" in refused(path, "--measure", "y")


@pytest.mark.parametrize(
    ("margins", "wanted"),
    [
        ("variable,level,total\numur,muda,5\numur,tua,5\n", "belum ada jawaban dari umur = tua"),
        ("variable,level,total\numur,tua,5\n", "belum ada jawaban dari umur = tua"),
        ("variable,level,total\njk,f,5\n", "jumlah penduduk tidak disebut untuk jk = m"),
        ("variable,level,total\nrt,1,5\n", "Kolom “rt” tidak ada"),
        ("variabel,level,total\njk,f,5\n", "Kolom “variable” tidak ada"),
        ("variable,level,total\njk,f,banyak\n", "baris 2: kolom “total” berisi “banyak”, bukan angka"),
        ("variable,level,total\njk,f,5\njk,f,6\n", "baris 3: kolom “level” berisi “f”, yang sudah disebut"),
        ("variable,level,total\njk,f,-5\n", "tidak boleh di bawah 0"),
        ("variable,level,total\njk,f,0\njk,m,0\n", "jumlah “jk” nol"),
    ],
)
def test_raking_that_cannot_be_is_refused_with_the_cells(tmp_path: Path, margins: str, wanted: str) -> None:
    answers = csv(tmp_path, "y,jk,umur\n1,f,muda\n0,m,muda\n")
    assert wanted in refused(answers, "--measure", "y", "--rake", csv(tmp_path, margins, "jumlah.csv"))


def waves(folder: Path) -> tuple[str, str]:
    """api99 and api00 of the same schools, as two files."""
    read = rows("apiclus1")
    files = []
    for name, year in (("awal.csv", "api99"), ("akhir.csv", "api00")):
        lines = ["id,desa,jenis,y,tinggi"]
        lines += [f"{k},{r['dnum']},{r['stype']},{r[year]},{int(int(r[year]) >= 650)}" for k, r in enumerate(read)]
        files.append(csv(folder, "\n".join(lines) + "\n", name))
    return files[0], files[1]


def test_compare_independent_samples_by_newcombe(tmp_path: Path) -> None:
    """56 of 70 after 48 of 80; Newcombe's 0.0524 to 0.3339 becomes a little wider with t and n − 1."""
    before = csv(tmp_path, "y\n" + "1\n" * 48 + "0\n" * 32, "awal.csv")
    after = csv(tmp_path, "y\n" + "1\n" * 56 + "0\n" * 14, "akhir.csv")
    found = figures(before, after, "--measure", "y", command=compare_command)
    assert list(found) == [*KEYS[:8], "p", "verdict", "lone_strata"]
    assert found["estimate"] == pytest.approx(0.2)
    assert (found["low"], found["high"]) == pytest.approx((0.0524, 0.3339), abs=0.004)
    assert found["low"] < 0.0524
    assert found["high"] > 0.3339
    assert (found["n"], found["verdict"]) == (150, "up")


def test_compare_the_same_clusters_as_r(tmp_path: Path) -> None:
    """R without finite correction: svycontrast over svyby(…, covmat=TRUE) with id=~dnum: 37.19126 (3.1162)."""
    before, after = waves(tmp_path)
    design = ("--measure", "y", "--mean", "--cluster", "desa")
    found = figures(before, after, *design, "--same-clusters", command=compare_command)
    assert found["estimate"] == pytest.approx(37.191256831)
    assert found["se"] == pytest.approx(3.085196967 / (1 - 15 / 757) ** 0.5, rel=1e-8)
    assert (found["df"], found["clusters"]) == (14, 15)
    apart = figures(before, after, *design, command=compare_command)
    assert apart["se"] > 10 * found["se"]


def test_compare_the_same_people(tmp_path: Path) -> None:
    before, after = waves(tmp_path)
    found = figures(before, after, "--measure", "tinggi", "--pair", "id", command=compare_command)
    assert found["estimate"] == pytest.approx(0.1092896175)
    assert (found["n"], found["verdict"]) == (183, "up")
    assert found["p"] < 1e-4
    found = figures(
        before, after, "--measure", "y", "--mean", "--pair", "id", "--cluster", "desa", command=compare_command
    )
    assert found["estimate"] == pytest.approx(37.191256831)
    assert found["se"] == pytest.approx(3.085196967 / (1 - 15 / 757) ** 0.5, rel=1e-8)


def test_compare_by_group_and_in_words(tmp_path: Path) -> None:
    before, after = waves(tmp_path)
    found = figures(before, after, "--measure", "y", "--mean", "--by", "jenis", command=compare_command)
    assert [one["jenis"] for one in found] == ["E", "H", "M"]
    done = run(before, after, "--measure", "tinggi", "--cluster", "desa", "--same-clusters", command=compare_command)
    assert "naik" in done.stdout
    paired = figures(before, after, "--measure", "tinggi", "--pair", "id", "--by", "jenis", command=compare_command)
    assert [one["n"] for one in paired] == [144, 14, 25]


def test_compare_names_those_without_a_pair(tmp_path: Path) -> None:
    before = csv(tmp_path, "id,y\nc,0\na,0\nb,1\n", "awal.csv")
    after = csv(tmp_path, "id,y\nb,1\na,1\nd,0\n", "akhir.csv")
    done = run(before, after, "--measure", "y", "--pair", "id", "--json", command=compare_command)
    found = json.loads(done.stdout)
    assert (found["n"], found["estimate"]) == (2, 0.5)
    assert "2 baris tanpa pasangan" in done.stderr


@pytest.mark.parametrize(
    ("after", "more", "wanted"),
    [
        ("id,y\na,1\n", ("--same-clusters",), "memerlukan --cluster"),
        ("id,y\na,1\n", ("--same-clusters", "--cluster", "id", "--pair", "id"), "Pilih salah satu"),
        ("id,y\na,1\n", ("--pair", "id", "--cluster", "id"), "tanpa bobot, strata, klaster"),
        ("id,y\nz,1\n", ("--pair", "id"), "Tidak ada orang yang sama"),
        ("id,y\na,1\na,0\n", ("--pair", "id"), "baris 3: kolom “id” berisi “a”, yang sudah ada"),
        ("id,x\na,1\n", (), "Kolom “y” tidak ada di akhir.csv"),
    ],
)
def test_comparisons_that_cannot_be(tmp_path: Path, after: str, more: tuple[str, ...], wanted: str) -> None:
    before = csv(tmp_path, "id,y\na,0\nb,1\n", "awal.csv")
    assert wanted in refused(
        before, csv(tmp_path, after, "akhir.csv"), "--measure", "y", *more, command=compare_command
    )


def test_both_stand_in_the_group_of_flask() -> None:
    found = run("estimate", SIMPLE, "--measure", "awards", "--json", command=surveys)
    assert json.loads(found.stdout)["estimate"] == pytest.approx(0.62)
    assert {"estimate", "compare"} <= set(surveys.commands)
