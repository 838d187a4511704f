from itertools import combinations

from app.learning.certificates.codes import LENGTH, SIGNS, format_code, is_well_formed, new_code, normalise_code


def test_codes_are_random_and_well_formed() -> None:
    made = {new_code() for _ in range(2_000)}
    assert len(made) == 2_000
    assert all(is_well_formed(code) and len(code) == LENGTH for code in made)
    assert all(len({code[place] for code in made}) > 25 for place in range(LENGTH))  # no place is fixed or counts up


def test_every_single_slip_is_found() -> None:
    for code in (new_code() for _ in range(20)):
        for place in range(LENGTH):
            for sign in SIGNS:
                if sign != code[place]:
                    assert not is_well_formed(code[:place] + sign + code[place + 1 :])


def test_two_signs_that_changed_places_are_found() -> None:
    for code in (new_code() for _ in range(50)):
        for one, other in combinations(range(LENGTH), 2):
            if code[one] != code[other]:
                swapped = list(code)
                swapped[one], swapped[other] = swapped[other], swapped[one]
                assert not is_well_formed("".join(swapped))


def test_what_people_type_is_understood() -> None:
    assert normalise_code(" 7k3f – 9qxm_2t4v ") == "7K3F9QXM2T4V"
    assert normalise_code("oIl-Uu") == "011VV"
    assert format_code("7K3F9QXM2T4V") == "7K3F-9QXM-2T4V"
    for wrong in ("", "7K3F", "Ω" * LENGTH, "A" * 500):
        assert not is_well_formed(normalise_code(wrong))
