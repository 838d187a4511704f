"""Check the seal of a trail that was downloaded (JSON Lines or CSV) without the application, with Python alone.

python3 verify_audit.py jejak.jsonl [DAY:NUMBER:HASH …]      heads from the monthly report or from mail
"""

import csv
import hashlib
import json
import sys

PLAIN = ("number", "id", "at", "actor_id", "action", "subject_kind", "subject_id", "previous")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(row, name, value):
    salt = row[name + "_salt"]
    return sha256(salt + canonical(value)) if salt else row[name + "_digest"]


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        if not path.endswith(".csv"):
            yield from (json.loads(line) for line in file)
            return
        for cells in csv.DictReader(file, delimiter=";"):
            row = {name: cell.removeprefix("'") for name, cell in cells.items()}
            row |= {name: json.loads(row[name] or "null") for name in ("number", "id", "actor_id", "before", "after")}
            yield row


def faults(path, heads):
    last, hashes = None, {}
    for row in rows_of(path):
        number = row["number"]
        if number is None or number < 0:
            yield f"entry {row['id']} " + ("has no seal yet" if number is None else "is older than the chain")
            continue
        content = {"before": row["before"], "after": row["after"]}
        fields = {name: row[name] for name in PLAIN} | {"previous": last["hash"] if last else row["previous"]}
        fields |= {"actor": digest(row, "actor", row["actor_name"]), "content": digest(row, "content", content)}
        if last and number != last["number"] + 1:
            yield f"REMOVED: rows {last['number'] + 1} to {number - 1}"
        elif sha256(canonical(fields)) != row["hash"] or (number == 1 and set(row["previous"]) != {"0"}):
            yield f"CHANGED or INSERTED: row {number}, entry {row['id']}"
        if any(number > sealed and row["at"][:10] < day for day, sealed, _code in heads):
            yield f"INSERTED: row {number}, entry {row['id']}: its day was closed before"
        last, hashes[number] = row, row["hash"]
    for day, number, code in heads:
        if number > (last["number"] if last else 0):
            yield f"REMOVED: rows up to {number}, says the head of {day}"
        elif hashes.get(number, code) != code:
            yield f"REPLACED: rows up to {number} are not those of the head of {day}"


if __name__ == "__main__":
    split = [text.split(":") for text in sys.argv[2:]]
    found = list(faults(sys.argv[1], [(day, int(number), "".join(code.split())) for day, number, code in split]))
    print("\n".join(found) or "The chain is whole.")
    sys.exit(any(line[0].isupper() for line in found))
