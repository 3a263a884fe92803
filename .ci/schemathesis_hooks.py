"""Lets made-up requests hit real things: ids, periods, keys and versions that exist.

Only what is well-formed is replaced, so that a request that was made up to be wrong stays wrong.
"""

import atexit
import collections
import datetime
import json
import os
import threading
import uuid

import schemathesis

POOLS = json.loads(os.environ["PRET_POOLS"])
HITS = collections.Counter()
LOCK = threading.Lock()
# They end the session that calls them.
ENDS_SESSION = {"POST /auth/logout", "POST /auth/password"}
REFERENCES = {
    "resource_id": "resources", "resource_unit_id": "units", "requester_user_id": "members",
}


def number(value):
    """The number behind a well-formed UUID, else none."""
    try:
        return uuid.UUID(value).int if isinstance(value, str) else None
    except ValueError:
        return None


def known(kind, value):
    """A thing that exists in most cases, and sometimes the made-up id as it was."""
    made_up, pool = number(value), POOLS.get(kind)
    if made_up is None or not pool or made_up % 8 == 0:
        return value
    return pool[made_up % len(pool)]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if not isinstance(path_parameters, dict):
        return path_parameters
    kind = next((part for part in reversed(context.operation.path.split("/")) if part in POOLS), "")
    ids = {"id", "user_id", "entity_id"}
    kinds = {"user_id": "members", "entity_id": "resources"}
    return {
        name: known(kinds.get(name, kind), value) if name in ids else value
        for name, value in path_parameters.items()
    }


@schemathesis.hook
def map_query(context, query):
    return refer(query)


@schemathesis.hook
def map_body(context, body):
    return refer(body)


def refer(value):
    """Puts real things and coming days in the place of well-formed references and times."""
    if isinstance(value, list):
        return [refer(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {
        name: known(REFERENCES[name], item) if name in REFERENCES else refer(item)
        for name, item in value.items()
    }
    for first, second in (("start_at", "end_at"), ("from", "to"), ("available_from", "available_to")):
        if is_time(changed.get(first)) and is_time(changed.get(second)):
            day = 1 + len(json.dumps(value, default=str)) % 25
            changed[first], changed[second] = coming(day), coming(day + 1)
    return changed


def is_time(value):
    try:
        parsed = datetime.datetime.fromisoformat(value) if isinstance(value, str) else None
        return parsed is not None and parsed.tzinfo is not None
    except ValueError:
        return False


def coming(days):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@schemathesis.hook
def before_call(context, case, kwargs):
    headers = case.headers
    if headers is None or not is_good(case):
        return
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = uuid.uuid4().hex
    if "If-Match" in headers:
        headers["If-Match"] = "*"
    if case.operation.label in ENDS_SESSION:
        token = POOLS["throwaway"][uuid.uuid4().int % len(POOLS["throwaway"])]
        headers["Authorization"] = f"Bearer {token}"


def is_good(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.hook
def after_call(context, case, response):
    if 200 <= response.status_code < 300:
        with LOCK:
            HITS[case.operation.label] += 1


@atexit.register
def write_hits():
    with open(os.environ["PRET_HITS"], "w", encoding="utf-8") as file:
        json.dump(HITS, file)
