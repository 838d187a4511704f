from typing import Any

from flask import Flask


def init_security(app: Flask, settings: Any) -> None: ...
