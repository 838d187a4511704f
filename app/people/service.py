"""The verbs of the room: users, organisations and delegations live in files of their own."""

from app.people.actors import actor_of
from app.people.roles import load_roles

__all__ = ["actor_of", "load_roles"]
