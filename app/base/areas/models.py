from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base


class Regency(Base):
    """The regency or city that this installation serves: one row."""

    __tablename__ = "regencies"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    province: Mapped[str] = mapped_column(String(120))


class District(Base):
    __tablename__ = "districts"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    population: Mapped[int | None]
    population_source: Mapped[str | None] = mapped_column(String(200))

    villages: Mapped[list["Village"]] = relationship(back_populates="district", order_by="Village.name")


class Village(Base):
    """A desa or kelurahan. Names repeat across districts: always key on the code."""

    __tablename__ = "villages"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # desa, kelurahan, desa_adat
    district_code: Mapped[str] = mapped_column(ForeignKey("districts.code"), index=True)
    postal_code: Mapped[str | None] = mapped_column(String(5))
    population: Mapped[int | None]

    district: Mapped[District] = relationship(back_populates="villages")


class Connectivity(Base):
    """One dated, sourced statement about a village's network. The latest `as_of` is its last known status."""

    __tablename__ = "connectivity"
    __table_args__ = (UniqueConstraint("village_code", "as_of", "status_text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    village_code: Mapped[str] = mapped_column(ForeignKey("villages.code"), index=True)
    as_of: Mapped[date]
    as_of_precision: Mapped[str] = mapped_column(String(5), default="day")  # year, month, day
    status: Mapped[str] = mapped_column(String(20))  # none, partial, served
    status_text: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str | None] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(400))
    register: Mapped[str | None] = mapped_column(String(40))  # "blankspot-2021" for the register of 2021
