"""Numbers of certificates: from 1 in every year, none twice and none left out; those of practice in a series apart.

The year's counter row is locked until the transaction ends, so that who comes second waits, and what is rolled back
gives its numbers back.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.db import insert_missing
from app.learning.certificates.models import CertificateCounter

FORMAT = "{nomor}/SERT/{kode}/{tahun}"
PRACTICE = "SIMULASI-"
DIGITS = 4
MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def take_numbers(session: Session, year: int, count: int, *, practice: bool = False) -> range:
    """Take the next `count` numbers of this year, ours when the transaction commits."""
    insert_missing(session, CertificateCounter, [{"year": year, "practice": practice, "last": 0}])
    of_year = CertificateCounter.year == year
    row = session.scalars(
        select(CertificateCounter).where(of_year, CertificateCounter.practice.is_(practice)).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    first = row.last + 1
    row.last += count
    session.flush()
    return range(first, first + count)


def format_number(pattern: str, number: int, code: str, day: date, *, practice: bool = False) -> str:
    """Format a number: `0014/SERT/UKM-GO-DIGITAL/2026`, `SIMULASI-0014/SERT/…` for practice. `pattern`: setting
    certificate_number, `code`: of the programme."""
    words = f"{PRACTICE if practice else ''}{number:0{DIGITS}d}"
    return pattern.format(nomor=words, kode=code, tahun=day.year, bulan=MONTHS[day.month - 1])
