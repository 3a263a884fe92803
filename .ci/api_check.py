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

from api_calls import CALLS
from api_world import World

HERE = pathlib.Path(__file__).resolve().parent
# Left out: positive_data_acceptance, since a schema can't say that an end lies after its start or
# that a unit is free; the stateful checks and links, which the document has none of.
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
    "missing_required_header", "unsupported_method", "ignored_auth",
]
SECONDS = int(os.environ.get("API_CHECK_SECONDS", "150"))
SEED = os.environ.get("API_CHECK_SEED", "20261005")
# How many things of each kind the made-up requests can hit.
POOL = 12


def call_each(world, document):
    """Calls every operation once so that it must succeed; answers the counts."""
    faults, counts = [], collections.Counter()
    checks = [check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ in CHECKS[:5]]
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
        except Exception as error:
            faults.append(f"{operation.label}: {error}")
    return faults, counts


def pools(world):
    """Things that the made-up requests may change and delete, so that nobody misses them."""
    each = range(POOL)
    members = [world.member() for _ in each]
    resources = [world.resource() for _ in each]
    units = [
        world.send("GET", f"/resources/{id}/units").json()["data"][0]["id"] for id in resources
    ]
    bookings = [world.booking(draft=number % 2 == 0) for number in each]
    return {
        "token": world.session["access_token"],
        "throwaway": [member["session"]["access_token"] for member in members],
        "resources": resources,
        "units": [*units, *[world.unit() for _ in each]],
        "tags": [world.tag() for _ in each],
        "bookings": bookings,
        "members": [member["id"] for member in members],
        "invitations": [world.invited()[1] for _ in range(2)],
    }


def make_up(world, folder):
    """Lets schemathesis make up requests; answers its exit status and the 2xx it counted."""
    hits = folder / "hits.json"
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": str(HERE),
        "PRET_POOLS": json.dumps(pools(world)),
        "PRET_HITS": str(hits),
    }
    command = [
        pathlib.Path(sys.executable).with_name("schemathesis"), "run", f"{world.base}/openapi.json",
        "--header", f"Authorization: Bearer {world.session['access_token']}",
        "--header", f"X-Org-Id: {world.org}",
        "--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS),
        "--max-time", str(SECONDS), "--seed", SEED, "--workers", "2", "--request-timeout", "30",
        "--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off",
        "--no-shrink", "--no-color",
    ]
    run = subprocess.run(
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, check=False,
        timeout=SECONDS * 2 + 120,
    )
    return run.returncode, collections.Counter(json.loads(hits.read_text()))


def main():
    base, email, password = sys.argv[1:]
    world = World(base, email, password)
    document = schemathesis.openapi.from_url(f"{base}/openapi.json")
    faults, counts = call_each(world, document)
    if faults:
        sys.exit("\n".join(["the API and its document:", *faults]))
    with tempfile.TemporaryDirectory() as folder:
        status, made_up = make_up(world, pathlib.Path(folder))
    for label, count in sorted(counts.items()):
        print(f"  {count + made_up[label]:6}  {label}")
    print(f"{len(counts)} operations, each succeeded at least once; "
          f"{made_up.total()} made-up requests succeeded too; no 5xx, nothing outside the document"
          if status == 0 else "schemathesis found faults")
    sys.exit(status)


if __name__ == "__main__":
    main()
