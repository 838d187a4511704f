"""Write the files of a kit: YAML that people can go on writing, and each picture once."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from app.base.media.check import EXTENSIONS
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kits.export_programmes import programme_files
from app.learning.programmes.models import Programme
from app.outreach.campaigns import queries

SCHEMA = "# yaml-language-server: $schema={up}app/kits/schema/{name}.json\n"


class Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that people can go on writing."""


def write_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style=style)


Dumper.add_representer(str, write_text)
Dumper.add_multi_representer(str, write_text)  # a status that was not read back yet is still a StrEnum


class Files:
    """Writes files of a kit, and each picture once."""

    def __init__(self, session: Session, storage: Storage, target: Path) -> None:
        self.session, self.storage, self.target = session, storage, target
        self.images: dict[int, str] = {}  # stored file → its file here

    def programme(self, programme: Programme) -> None:
        for folder, stem, values in programme_files(self.session, programme, self.image):
            schema = "programme" if folder == "programmes" else "test"
            self.yaml(self.target / folder / f"{stem}.yaml", schema, "../../../", values)

    def image(self, file: StoredFile) -> str:
        if file.id not in self.images:
            stem = queries.slug(Path(file.name).stem)[:40].strip("-") or "gambar"
            name = f"media/{stem}{EXTENSIONS[file.mime]}"
            if name in self.images.values():
                name = f"media/{stem}-{file.id}{EXTENSIONS[file.mime]}"
            try:
                (self.target / name).write_bytes(self.storage.read(file))
            except FileNotFoundError as error:
                raise Invalid(T("Gambar “%(name)s” hilang dari penyimpanan. Unggah ulang.", name=file.name)) from error
            self.images[file.id] = name
        return self.images[file.id]

    def yaml(self, path: Path, schema: str, up: str, values: dict[str, Any]) -> None:
        path.write_text(SCHEMA.format(up=up, name=schema) + dump(values), encoding="utf-8")


def dump(values: dict[str, Any]) -> str:
    return yaml.dump(values, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=110)
