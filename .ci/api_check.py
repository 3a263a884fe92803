"""Holds the served API against the document it serves.

First each operation is called once so that it must succeed, then schemathesis makes up requests,
good and bad. No answer may be a 5xx or outside the document, and every operation must have
succeeded at least once.

usage: python api_check.py BASE_URL EMAIL PASSWORD
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import schemathesis
from schemathesis.core.failures import FailureGroup

from api_calls import CALLS
from api_world import World

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = int(os.environ.get("API_CHECK_SECONDS", "180"))
SEED = os.environ.get("API_CHECK_SEED", "20261005")
# How many things of each kind the made-up requests can hit.
POOL = 24
# What can be said of a single answer, whatever was asked.
OF_ANY_ANSWER = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance",
}


def call_each(world, document):
    """Calls every operation once so that it must succeed; answers the counts."""
    faults, counts = [], collections.Counter()
    checks = [
        check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ in OF_ANY_ANSWER
    ]
    if len(checks) != len(OF_ANY_ANSWER):
        raise SystemExit("schemathesis calls its checks by other names")
    for result in document.get_all_operations():
        operation = result.ok()
        if operation.label not in CALLS:
            faults.append(f"{operation.label}: .ci/api_calls.py has no call that succeeds")
            continue
        call = CALLS[operation.label](world)
        headers = {**world.headers(call.get("session")), **call.get("headers", {})}
        parts = {"path_parameters": call.get("path", {}), "query": call.get("query", {})}
        if "body" in call:
            parts |= {"body": call["body"], "media_type": "application/json"}
        case = operation.Case(headers=headers, **parts)
        answer = case.call(base_url=world.base)
        if not 200 <= answer.status_code < 300:
            faults.append(f"{operation.label}: {answer.status_code} {answer.text}")
            continue
        counts[operation.label] += 1
        try:
            case.validate_response(answer, checks=checks)
        except FailureGroup as error:
            faults.append(f"{operation.label}: {error}")
    return faults, counts


def pools(world):
    """Things that the made-up requests may change and delete, so that nobody misses them."""
    each = range(POOL)
    resources = [world.resource() for _ in each]
    makers = [world.booking, world.pending, lambda: world.booking(draft=True)]
    return {
        "resources": resources,
        "units": [world.unit_of(id) for id in resources],
        "tags": [world.tag() for _ in each],
        "waitlist": [[world.entry, world.offered][number % 2]() for number in each],
        "bookings": [makers[number % 3]() for number in each],
        "barcodes": [world.barcode() for _ in each],
        "members": [world.member()["id"] for _ in each],
        # So large that made-up payments are a part of it.
        "fines": [world.fine(1_000_000_000) for _ in each],
    }


def make_up(world, folder):
    """Lets schemathesis make up requests; answers its exit status and how often it got what."""
    hits = folder / "hits.json"
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "CHECK_TOKEN": world.session["access_token"],
        "CHECK_SPARE_1": world.member()["session"]["access_token"],
        "CHECK_SPARE_2": world.member()["session"]["access_token"],
        "CHECK_ORG": world.org,
        "CHECK_POOLS": json.dumps(pools(world)),
        "CHECK_HITS": str(hits),
    }
    command = [
        pathlib.Path(sys.executable).with_name("schemathesis"),
        "--config-file", HERE / "schemathesis.toml", "run", f"{world.base}/openapi.json",
        "--max-time", str(SECONDS), "--seed", SEED, "--no-color",
    ]
    run = subprocess.run(
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, check=False,
        timeout=SECONDS * 2 + 120,
    )
    return run.returncode, collections.Counter(json.loads(hits.read_text()))


def tell(counts, made_up):
    """How often each operation succeeded: called to succeed, and made up."""
    for label, count in sorted(counts.items()):
        made = sum(hits for answer, hits in made_up.items() if answer[0] == "2" and answer[4:] == label)
        print(f"  {count:4} + {made:4}  {label}")
    statuses = collections.Counter()
    for answer, hits in made_up.items():
        statuses[answer[:3]] += hits
    print("  made-up requests by status:", dict(sorted(statuses.items())))


def main():
    base, email, password = sys.argv[1:]
    world = World(base, email, password)
    document = schemathesis.openapi.from_url(f"{base}/openapi.json")
    faults, counts = call_each(world, document)
    if faults:
        sys.exit("\n".join(["the API and its document:", *faults]))
    with tempfile.TemporaryDirectory() as folder:
        status, made_up = make_up(world, pathlib.Path(folder))
    tell(counts, made_up)
    if status != 0 or any(answer[0] == "5" for answer in made_up):
        sys.exit("schemathesis found faults")
    print(f"{len(counts)} operations, each succeeded; no 5xx, no answer outside the document")


if __name__ == "__main__":
    main()
