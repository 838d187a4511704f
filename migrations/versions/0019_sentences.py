"""What is wrong with a delivery or an account is kept as a sentence with its parameters

Sentences without parameters are their own key and stay as they are; so do those that nobody recognises.

Revision: 0019
After: 0018
"""

import json
import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AT_ONCE = 1000
KEPT = '{"key": '
SENTENCES = (
    (
        "Belum pasti terbit: sudah %(n)s kali dicari di saluran dan tidak ditemukan. Lihat sendiri di salurannya, "
        "lalu pilih “Sudah terbit” atau “Belum terbit, kirim lagi”."
    ),
    "Dinyatakan tidak terbit oleh %(name)s.",
    "Ditahan oleh %(name)s.",
    "Ditolak dengan alasan “%(said)s”. Perbaiki isinya, lalu ajukan lagi.",
    "X menolak materi ini: “%(said)s”. Perbaiki isinya, lalu ajukan lagi.",
    "Gambar %(file)s belum punya alamat publik. Unggah ulang gambarnya.",
    "PDF terlalu besar untuk surel (%(size)s MB). Perkecil gambarnya.",
    "Pesanan ke %(to)s ditolak server surelnya. Periksa alamatnya, lalu kirim ulang.",
    "Kunci akun ditolak: %(detail)s",
)


def upgrade() -> None:
    _change(_with_key, sa.true())


def downgrade() -> None:
    _change(_in_words, sa.column("problem").startswith(KEPT, autoescape=True))


def _change(write: Callable[[str], str], which: sa.ColumnElement[bool]) -> None:
    connection = op.get_bind()
    for name in ("deliveries", "outlets"):
        table = sa.table(name, sa.column("id", sa.Integer), sa.column("problem", sa.Text))
        wanted = sa.select(table.c.id, table.c.problem).where(table.c.problem.is_not(None), which).order_by(table.c.id)
        last = 0
        while rows := connection.execute(wanted.where(table.c.id > last).limit(AT_ONCE)).all():
            for number, words in rows:
                if (kept := write(words)) != words:
                    connection.execute(sa.update(table).where(table.c.id == number).values(problem=kept))
            last = rows[-1].id


def _with_key(words: str) -> str:
    for sentence, before, name, after in PARTS:
        if len(words) > len(before) + len(after) and words.startswith(before) and words.endswith(after):
            value: Any = words[len(before) : len(words) - len(after)]
            if name == "n":
                value = int(value) if value.isdecimal() else value
            return json.dumps({"key": sentence, "with": {name: value}}, ensure_ascii=False)
    return words


def _in_words(kept: str) -> str:
    try:
        found = json.loads(kept)
        return str(_said(found))
    except (ValueError, KeyError, TypeError):
        return kept


def _said(found: dict[str, Any]) -> str:
    values = {name: _said(value) if isinstance(value, dict) else value for name, value in found["with"].items()}
    return str(found["key"] % values)


def _part(sentence: str) -> tuple[str, str, str, str]:
    before, name, after = re.split(r"%\((\w+)\)s", sentence)
    return sentence, before, name, after


PARTS = tuple(_part(sentence) for sentence in SENTENCES)
