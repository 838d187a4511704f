"""Cara pakai: python3 verify_audit.py jejak.jsonl [BARIS:KODE | TANGGAL:BARIS:KODE …] (atau jejak.csv)"""

import csv
import hashlib
import json
import sys

PLAIN = ("number", "id", "at", "actor_id", "action", "subject_kind", "subject_id")


def digest(value, salt=""):
    return hashlib.sha256((salt + json.dumps(value, sort_keys=True, separators=(",", ":"))).encode()).hexdigest()


def seal_of(row, previous):
    fields = {name: row[name] for name in PLAIN} | {"previous": previous}
    for name, value in {"actor": row["actor_name"], "content": {key: row[key] for key in ("before", "after")}}.items():
        fields[name] = digest(value, row[name + "_salt"]) if row[name + "_salt"] else row[name + "_digest"]
    return digest(fields)


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        if not path.endswith(".csv"):
            yield from map(json.loads, file)
        for cells in csv.DictReader(file, delimiter=";"):
            row = {name: cell.removeprefix("'") for name, cell in cells.items()}
            row |= {name: json.loads(row[name] or "null") for name in ("number", "id", "actor_id", "before", "after")}
            yield row if row["id"] else {"head": row}


def chain_of(rows, heads, hashes):
    end = previous = None
    for row in rows:
        number, named = row["number"], f"baris {row['number']} (catatan {row['id']})"
        if number is None or number < 0:
            yield f"catatan {row['id']} belum disegel, atau lebih tua daripada segel"
        elif end is not None and number <= end:
            yield f"DISISIPKAN: {named} sesudah baris {end}"
        else:
            if end is not None and number > end + 1:
                yield f"HILANG: baris {end + 1} sampai {number - 1}"
            elif seal_of(row, previous or row["previous"]) != row["hash"] or (
                number == 1 and row["previous"].strip("0")
            ):
                yield f"DIUBAH atau DISISIPKAN: {named}"
            if any(number > sealed and row["at"][:10] < day for day, sealed, _code in heads):
                yield f"DISISIPKAN: {named}: harinya sudah ditutup"
            end, previous, hashes[number] = number, row["hash"], row["hash"]


def faults(path, heads):
    rows, hashes = list(rows_of(path)), {}
    heads = [*heads, *(("", row["head"]["number"], row["head"]["hash"]) for row in rows if "head" in row)]
    yield from chain_of([row for row in rows if "head" not in row], heads, hashes)
    for day, number, code in heads:
        if (end := max(hashes, default=0)) < number:
            yield f"HILANG dari ujung: baris {end + 1} sampai {number}, menurut segel {day or 'penutup'}"
        elif hashes.get(number, code) != code:
            yield f"DIGANTI: baris sampai {number} tidak cocok dengan segel {day or 'penutup'}"
    if not heads:
        yield "UJUNG BELUM PASTI: berkas tanpa segel penutup; sebut BARIS:KODE dari halaman unduh atau laporan"


if __name__ == "__main__":
    try:
        split = [["", *text.split(":")][-3:] for text in sys.argv[2:]]
        found = list(faults(sys.argv[1], [(day, int(number), "".join(code.split())) for day, number, code in split]))
    except (IndexError, OSError, ValueError, KeyError, TypeError, AttributeError):
        sys.exit(f"Berkas atau segel ini tidak terbaca sebagai unduhan jejak. {__doc__}" if sys.argv[1:] else __doc__)
    print("\n".join(found) or "Jejak ini utuh.")
    sys.exit(any(line[0].isupper() for line in found))
