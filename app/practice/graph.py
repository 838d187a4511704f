"""What the Page and Instagram share on the Graph: sign-in by token, parameters, error documents, troubles."""

import json
import math
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.practice import accounts
from app.practice.faults import Kind, Scope
from app.practice.strict import unlisted
from app.practice.wire import practice

THROTTLES = frozenset({4, 17, 32, 613, *range(80000, 80015)})
TOKENS = {accounts.PAGE_TOKEN: "facebook", accounts.IG_TOKEN: "instagram"}


class GraphError(Exception):
    """`{"error": {…}}` with the Graph's own code and subcode."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int = 400,
        subcode: int | None = None,
        kind: str = "OAuthException",
        seconds: float = 0,
        passing: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.seconds = seconds  # of a throttle: until calls are taken again
        self.error: dict[str, Any] = {
            "message": message,
            "type": kind,
            "code": code,
            "is_transient": passing or code in {1, 2, 4},
        }
        if subcode:
            self.error["error_subcode"] = subcode


def init_graph(bp: Blueprint) -> None:
    """Give a blueprint the Graph's way of refusing and of naming its answers."""

    @bp.errorhandler(GraphError)
    def _refused(error: GraphError) -> Response:
        trace = f"A{practice().store.new_id()}"
        answer = jsonify({"error": {**error.error, "fbtrace_id": trace}})
        answer.status_code = error.status
        answer.headers["x-fb-trace-id"] = trace
        if error.error["code"] in THROTTLES:
            minutes = max(1, math.ceil(error.seconds / 60))
            kind = "instagram" if error.error["code"] == 80002 else "pages"
            usage = {accounts.PAGE_ID: [{"type": kind, "estimated_time_to_regain_access": minutes}]}
            answer.headers["x-business-use-case-usage"] = json.dumps(usage)
            answer.headers["x-app-usage"] = json.dumps({"call_count": 100, "total_time": 25, "total_cputime": 25})
        return answer

    @bp.before_request
    def _strict() -> None:
        if practice().strict:
            refuse_unlisted(request.method, request.path.partition("/")[2].partition("/")[2], parameters())

    @bp.after_request
    def _traced(answer: Response) -> Response:
        answer.headers.setdefault("facebook-api-version", request.path.split("/")[1])
        answer.headers.setdefault("x-fb-trace-id", f"A{practice().store.new_id()}")
        return answer


def parameters() -> dict[str, Any]:
    """Return query, form or JSON body as one mapping; values that are JSON stay text."""
    values: dict[str, Any] = {**request.args.to_dict(), **request.form.to_dict()}
    body = request.get_json(silent=True)
    if isinstance(body, Mapping):
        values.update(body)
    values.pop("access_token", None)
    return values


def token_owner() -> str:
    """Return whose practice token this is: "facebook" or "instagram".

    From the header, or (as the SDK does) the parameters. Raises GraphError.
    """
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else request.values.get("access_token", "")
    if not token:
        raise GraphError(104, "An access token is required to request this resource.")
    owner = TOKENS.get(token)
    if owner is None:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    return owner


def requires_token(platform: str, scope: Scope) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Ask for the platform's token, then apply the troubles that are switched on for such calls."""

    def mark(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def checked(**values: Any) -> Response:
            values.pop("version", None)
            apply_troubles(platform, scope)
            return view(**values)

        return checked

    return mark


def apply_troubles(platform: str, scope: Scope) -> None:
    """Raise the GraphError of a trouble that is on, or of a wrong token."""
    faults = practice().faults
    if faults.take(platform, scope, Kind.EXPIRED):
        raise GraphError(190, "Error validating access token: Session has expired.", status=401, subcode=463)
    if token_owner() != platform:
        raise GraphError(200, "(#200) Requires another permission", status=403)
    if platform == "facebook":  # a slow Instagram is a container that stays IN_PROGRESS: see instagram.py
        faults.slow_down(platform, scope)
    limited = faults.take(platform, scope, Kind.RATE_LIMIT)
    if limited:
        raise GraphError(4, "(#4) Application request limit reached", status=403, seconds=limited.seconds)
    limited = faults.take(platform, scope, Kind.ACCOUNT_LIMIT)
    if limited:
        code = 80002 if platform == "instagram" else 80001
        raise GraphError(code, f"(#{code}) There have been too many calls to this account.", seconds=limited.seconds)
    if faults.take(platform, scope, Kind.PASSING):
        raise GraphError(99, "An unexpected error has occurred. Please retry your request later.", passing=True)
    if faults.take(platform, scope, Kind.RESTRICTED):
        raise GraphError(368, "The action attempted has been deemed abusive or is otherwise disallowed", status=403)
    if faults.take(platform, scope, Kind.SERVER_ERROR):
        raise GraphError(1, "An unknown error occurred", status=500)
    if faults.take(platform, scope, Kind.DUPLICATE):
        raise GraphError(506, "(#506) Duplicate status message", status=400)


def no_such_object(node_id: str) -> GraphError:
    """Return the Graph's error for an object that is not there, or that this token may not see."""
    said = f"Unsupported get request. Object with ID '{node_id}' does not exist"
    return GraphError(100, said, subcode=33, kind="GraphMethodException")


def no_such_account(node_id: str) -> GraphError:
    """Return the Graph's error for an account that this token does not open."""
    said = (
        f"Unsupported request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing permissions"
    )
    return GraphError(100, said, subcode=33, kind="GraphMethodException")


def hide(platform: str, node_id: str) -> None:
    """Raise 100/33 while the trouble is on that single objects cannot be read though they are there."""
    if practice().faults.take(platform, Scope.READ, Kind.HIDDEN):
        raise no_such_object(node_id)


def refuse_unlisted(method: str, path: str, values: Mapping[str, Any]) -> None:
    """Raise the Graph's error for a call that no document lists: of strict mode."""
    problem = unlisted(method, f"/{path}", {**values, **dict.fromkeys(request.files, "")})
    if "access_token" in request.values:
        problem = "the access token belongs into the header"
    if problem:
        raise GraphError(100, f"(#100) {problem}")


def insights_of(node_id: str, known: Mapping[str, int], wanted: list[str]) -> dict[str, Any]:
    """Return an insights document. A name that it does not know makes the Graph refuse the whole question."""
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise GraphError(100, "(#100) The value must be a valid insights metric")
    return {
        "data": [
            {"name": name, "period": "lifetime", "values": [{"value": known[name]}], "id": f"{node_id}/insights/{name}"}
            for name in wanted
        ]
    }


def graph_time(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%S+0000"))


def select_fields(node: Mapping[str, Any], fields: str, *, default: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields asked for (`id,message,attachments{url}`), always with the id."""
    depth, name, names = 0, "", []
    for letter in fields + ",":
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            names.append(re.split(r"[{.]", name)[0].strip())
            name = ""
        else:
            name += letter
    wanted = {entry for entry in names if entry} or set(default)
    return {key: value for key, value in node.items() if key in wanted | {"id"}}
