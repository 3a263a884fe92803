"""Lets made-up requests hit real things: ids, periods, keys and versions that exist.

Only what is well-formed is replaced, so that a request that was made up to be wrong stays wrong.
"""

import atexit
import collections
import datetime
import json
import os
import uuid

import schemathesis

POOLS = json.loads(os.environ["CHECK_POOLS"])
HITS = collections.Counter()
REFERENCES = {
    "resource_id": "resources", "resource_unit_id": "units", "requester_user_id": "members",
    "user_id": "members", "fine_id": "fines",
}
PERIODS = [("start_at", "end_at"), ("from", "to"), ("available_from", "available_to")]


def known(kind, value, third):
    """A thing that exists in most cases, and sometimes the made-up id as it was."""
    try:
        made_up = uuid.UUID(value).int
    except (ValueError, TypeError, AttributeError):
        return value
    pool = POOLS.get(kind, [])
    size = len(pool) // 3
    pool = pool[third * size:(third + 1) * size]
    return pool[made_up % size] if pool and made_up % 8 else value


def third_of(case):
    """What is deleted and restored, what is changed, and what is booked do not mix."""
    if case.method == "DELETE" or case.path.endswith(("/restore", "/withdraw")):
        return 0
    return 1 if case.method == "PATCH" else 2


def with_real_path(case):
    kinds = {"user_id": "members", "entity_id": "resources"}
    parts = case.path.strip("/").split("/")
    values = dict(case.path_parameters)
    for name in kinds.keys() & values.keys():
        values[name] = known(kinds[name], values[name], third_of(case))
    if values.get("barcode"):
        # Half of what was made up stays, to be found nowhere.
        pool = POOLS["barcodes"] + [values["barcode"]] * len(POOLS["barcodes"])
        values["barcode"] = pool[len(repr(values["barcode"])) * 7 % len(pool)]
    if "id" in values:
        kind = parts[parts.index("{id}") - 1]
        values["id"] = known(kind, values["id"], third_of(case))
    return values


def with_real_things(value):
    """Puts real things and coming days in the place of well-formed references and times."""
    if isinstance(value, list):
        return [with_real_things(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {
        name: known(REFERENCES[name], item, 2) if name in REFERENCES else with_real_things(item)
        for name, item in value.items()
    }
    for first, second in PERIODS:
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


def made_sensible(case):
    """What a schema can't say about a good request."""
    headers, body = case.headers, case.body
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = uuid.uuid4().hex
    if "If-Match" in headers:
        headers["If-Match"] = "*"
    if not isinstance(body, dict):
        return
    if isinstance(body.get("items"), list):
        body["items"] = [item_of_one_kind(item) for item in body["items"][:2]]
    # A fine names a booking of the person it is for, which chance does not find.
    body.pop("booking_id", None)
    if isinstance(body.get("policy"), dict):
        # With other limits no booking might succeed any more.
        body["policy"] = {key: value for key, value in body["policy"].items() if key == "auto_approve"}


def item_of_one_kind(item):
    """Either a unit, or one or two of a resource."""
    if item.get("resource_unit_id"):
        return {"resource_unit_id": item["resource_unit_id"]}
    resource = item.get("resource_id") or POOLS["resources"][-1]
    return {"resource_id": resource, "quantity": 1 + (item.get("quantity") or 1) % 2}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path_parameters:
        case.path_parameters = with_real_path(case)
    if case.query:
        case.query = with_real_things(case.query)
    if isinstance(case.body, (dict, list)):
        case.body = with_real_things(case.body)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        made_sensible(case)


@schemathesis.hook
def after_call(context, case, response):
    HITS[f"{response.status_code} {case.operation.label}"] += 1


@atexit.register
def write_hits():
    with open(os.environ["CHECK_HITS"], "w", encoding="utf-8") as file:
        json.dump(HITS, file)
