from typing import Any

from flask import Flask


def init_shell(app: Flask, settings: Any) -> None: ...
