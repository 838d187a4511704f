"""Signing in and out, the lock, the first password, and what was typed when a session ended."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.people.models import User
from tests.world import PASSWORD, World


def sign_in(client: FlaskClient, identity: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
    return client.post("/masuk", data={"identity": identity, "password": password, **fields})


def again(session: Session, user: User) -> User:
    session.expire_all()
    found = session.get(User, user.id)
    assert found is not None
    return found


def is_in(client: FlaskClient) -> bool:
    return client.get("/akun").status_code == 200


@pytest.mark.parametrize("identity", ["siti", " SITI ", "0812-3456-7890", "+62 812 3456 7890", "Siti@Kukarkab.go.id"])
def test_one_signs_in_by_user_name_phone_or_mail(client: FlaskClient, world: World, identity: str) -> None:
    world.user(Role.EDITOR, username="siti", phone="+6281234567890", email="siti@kukarkab.go.id")
    assert sign_in(client, identity).status_code == 303
    assert is_in(client)
