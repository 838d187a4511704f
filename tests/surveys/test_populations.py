"""The people of villages out of a table."""

from app.evidence.surveys.samples.populations import Place, read_people

PLACES = [
    Place("64.02.01.2003", "Muara Muntai Ilir", "Muara Muntai"),
    Place("64.02.02.2001", "Sungai Meriam", "Anggana"),
    Place("64.02.03.2001", "Sungai Meriam", "Samboja"),
]


def test_villages_are_known_by_code_or_by_name_and_district() -> None:
    by_code = read_people([(1, ("Kode", "Nama", "Penduduk")), (2, (6402012003.0, "x", 2450.0))], PLACES)
    assert (by_code.people, by_code.problems) == ({"64.02.01.2003": 2450}, [])
    lines = [(1, ("Kecamatan", "Desa/Kelurahan", "Jumlah penduduk")), (2, ("Kec. Anggana", "SUNGAI  MERIAM", "1.200"))]
    assert read_people(lines, PLACES).people == {"64.02.02.2001": 1200}
    bare = [(1, ("64.02.01.2003", "900")), (2, ("64.02.02.2001", ""))]
    assert read_people(bare, PLACES).people == {"64.02.01.2003": 900}


def test_what_is_not_clear_is_named_by_line() -> None:
    lines = [
        (1, ("Desa", "Kecamatan", "Penduduk")),
        (2, ("Sungai Meriam", "", "10")),
        (3, ("Antah", "Berantah", "10")),
        (4, ("Muara Muntai Ilir", "Muara Muntai", "1,5")),
        (5, ("Jumlah", "", "10")),
        (6, ("Sungai Meriam", "Anggana", "10")),
        (7, ("Sungai Meriam", "Anggana", "11")),
    ]
    assert [line for line, _ in read_people(lines, PLACES).problems] == [2, 3, 4, 7]
