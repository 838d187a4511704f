"""Load a regency's districts and villages. The register of networks is kept in `connectivity`."""

from sqlalchemy.orm import Session

from app.base.areas import ministry
from app.base.areas.connectivity import load_blankspots, record_connectivity, set_population
from app.base.areas.models import District, Regency, Village
from app.kernel.db import insert_missing
from app.kernel.errors import Invalid
from app.kernel.text import T

__all__ = ["load_blankspots", "load_regency", "record_connectivity", "set_population"]


def load_regency(session: Session, code: str) -> Regency:
    """Make the regency with its districts and villages from Kepmendagri 300.2.2-2138/2025, as `lokal` carries it.

    `code` is the Kemendagri code of a regency or city ("64.02"; not the one of BPS). A repeat adds only what is
    missing and keeps what the office entered. Raises Invalid for a code that is not a regency's or city's.
    """
    region = ministry.get_wilayah(code)
    if region is None or region.level != 2:
        raise Invalid(
            T(
                "Kode wilayah “%(code)s” bukan kode kabupaten/kota menurut Kemendagri. "
                "Tulis seperti 64.02 (Kutai Kartanegara) pada pengaturan REGENCY_CODE.",
                code=code,
            )
        )
    districts = ministry.list_wilayah(region.code)
    villages = [village for district in districts for village in ministry.list_wilayah(district.code)]
    province = region.path.rpartition(", ")[2]
    insert_missing(session, Regency, [{"code": region.code, "name": region.name, "province": province}])
    insert_missing(session, District, [{"code": district.code, "name": district.name} for district in districts])
    insert_missing(
        session,
        Village,
        [
            {
                "code": village.code,
                "name": village.name,
                "kind": village.type,
                "district_code": village.code.rpartition(".")[0],
                "postal_code": village.postal_code,
            }
            for village in villages
        ],
    )
    session.flush()
    return session.get_one(Regency, region.code)
