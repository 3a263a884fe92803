"""For each operation a call that must succeed. A new operation needs its line here."""

from api_world import PASSWORD, after, unique

EVERY = {"If-Match": "*"}


def key():
    return {"Idempotency-Key": unique("key")}


def refresh(world):
    return {"body": {"refresh_token": world.member()["session"]["refresh_token"]}}


def reset(world):
    token = world.make(f"/members/{world.member()['id']}/password-reset")
    return {"body": {"token": token["token"], "new_password": PASSWORD + "!"}}


def change_password(world):
    body = {"current_password": PASSWORD, "new_password": PASSWORD + "!"}
    return {"body": body, "session": world.member()["session"]}


def invitation(world):
    session, id = world.invited()
    return {"session": session, "path": {"id": id}}


def deleted(world, kind, id):
    world.send("DELETE", f"/{kind}/{id}")
    return {"path": {"id": id}}


def told(world):
    """The session of a student who has something to read."""
    member = world.member()
    booking = world.booking(requester_user_id=member["id"])
    world.make(f"/bookings/{booking}/approve", {"note": "Enjoy"})
    return member["session"]


def read(world):
    session = told(world)
    unread = world.send("GET", "/me/notifications", session=session).json()["data"]
    return {"session": session, "body": {"ids": [one["id"] for one in unread]}}


def taken(world):
    """A request for what somebody else has."""
    body = {**world.new_booking(), "items": [{"resource_id": world.resource(1), "quantity": 1}]}
    world.make("/bookings", body)
    return {"body": body}


def own_offer(world):
    session = world.member()["session"]
    return {"session": session, "path": {"id": world.offered(session)}}


def on(maker, body=None, **more):
    """A call with the id of something just made."""
    def call(world):
        id = maker(world)
        return {"path": {"id": id}, **({} if body is None else {"body": body}), **more}
    return call


def of_member(body=None, **more):
    def call(world):
        id = world.member()["id"]
        return {"path": {"user_id": id}, **({} if body is None else {"body": body}), **more}
    return call


def plain(**call):
    return lambda _: call


def register(_):
    email = f"{unique('student')}@example.edu"
    return {"body": {"email": email, "password": PASSWORD, "full_name": "Ada Byron"}}


def import_member(_):
    sheet = f"email;full_name;roles\n{unique('student')}@example.edu;Ada Byron;student\n"
    return {"body": {"csv": sheet, "preview": False}}


def range_query(**more):
    return {"from": after(1), "to": after(8), **more}


CALLS = {
    "GET /health": plain(),
    "GET /health/details": plain(),
    "GET /metrics": plain(),
    # Signing in
    "POST /auth/register": register,
    "POST /auth/login": lambda world: {"body": {"email": world.member()["email"], "password": PASSWORD}},
    "POST /auth/refresh": refresh,
    "POST /auth/logout": lambda world: {"session": world.member()["session"]},
    "POST /auth/password": change_password,
    "POST /auth/reset": reset,
    "GET /me": plain(),
    "POST /me/invitations/{id}/accept": invitation,
    "POST /me/invitations/{id}/decline": invitation,
    # Notifications
    "GET /me/notifications": lambda world: {"session": told(world)},
    "POST /me/notifications/read": read,
    # People and the organization
    "GET /members": plain(),
    "POST /members": lambda _: {"body": {"email": f"{unique('guest')}@example.edu", "roles": ["student"]}},
    "POST /members/import": import_member,
    "GET /members/{user_id}": of_member(),
    "PATCH /members/{user_id}": of_member({"roles": ["staff"]}, headers=EVERY),
    "DELETE /members/{user_id}": of_member(),
    "POST /members/{user_id}/password-reset": of_member(),
    "GET /organization": plain(),
    "PATCH /organization": plain(body={"policy": {"max_advance_days": 364}}, headers=EVERY),
    # Inventory
    "GET /resources": plain(query={"q": "camera", "limit": 5}),
    "POST /resources": plain(body={"type": "camera", "name": "Sony FX6", "tags": ["video"]}),
    "GET /resources/{id}": on(lambda world: world.resource()),
    "PATCH /resources/{id}": on(lambda world: world.resource(), {"name": "Sony FX6"}, headers=EVERY),
    "DELETE /resources/{id}": on(lambda world: world.resource()),
    "POST /resources/{id}/restore": lambda world: deleted(world, "resources", world.resource()),
    "GET /resources/{id}/units": on(lambda world: world.resource()),
    "POST /resources/{id}/units": lambda world: {
        "path": {"id": world.resource()}, "body": {"barcode": unique("CAM")},
    },
    "GET /units": plain(query={"limit": 5}),
    "GET /units/{id}": on(lambda world: world.unit()),
    "PATCH /units/{id}": on(lambda world: world.unit(), {"condition": "WORN"}, headers=EVERY),
    "DELETE /units/{id}": on(lambda world: world.unit()),
    "POST /units/{id}/restore": lambda world: deleted(world, "units", world.unit()),
    "POST /units/{id}/withdraw": on(
        lambda world: world.unit(), {"status": "MAINTENANCE", "note": "The shutter sticks"},
    ),
    "GET /units/{id}/maintenance": on(lambda world: world.unit()),
    "POST /units/{id}/maintenance": on(
        lambda world: world.unit(), {"start_at": after(3), "end_at": after(4), "note": "Check"},
    ),
    "DELETE /units/{id}/maintenance/{claim_id}": lambda world: {"path": world.maintenance()},
    "GET /tags": plain(),
    "POST /tags": lambda _: {"body": {"name": unique("tag")}},
    "DELETE /tags/{id}": on(lambda world: world.tag()),
    "POST /tags/{id}/restore": lambda world: deleted(world, "tags", world.tag()),
    # Calendar
    "GET /resources/{id}/availability": lambda world: {
        "path": {"id": world.resource()}, "query": range_query(),
    },
    "GET /availability": plain(query=range_query(type="camera")),
    # Bookings
    "GET /bookings": plain(query={"status": "PENDING,APPROVED", "limit": 5}),
    "POST /bookings": lambda world: {"body": world.new_booking(), "headers": key()},
    "POST /bookings/check": lambda world: {"body": world.new_booking()},
    "GET /bookings/{id}": on(lambda world: world.booking()),
    "PATCH /bookings/{id}": on(lambda world: world.booking(), {"purpose": "Feature"}, headers=EVERY),
    "POST /bookings/{id}/submit": on(lambda world: world.booking(draft=True)),
    "POST /bookings/{id}/cancel": on(lambda world: world.booking(), {"note": "Not needed"}),
    "POST /bookings/{id}/approve": on(lambda world: world.pending(), {"note": "Enjoy"}),
    "POST /bookings/{id}/reject": on(lambda world: world.pending(), {"note": "Closed"}),
    "POST /bookings/{id}/check-out": on(lambda world: world.booking()),
    "POST /bookings/{id}/return": on(lambda world: world.out()),
    # Fines
    "GET /fines": plain(query={"status": "OPEN,PAID", "limit": 5}),
    "POST /fines": lambda world: {
        "body": {
            "user_id": world.member()["id"], "kind": "DAMAGE", "amount_cents": 1500, "note": "Lens",
        },
    },
    "GET /me/fines": plain(query={"limit": 5}),
    "GET /fines/{id}": on(lambda world: world.fine()),
    "POST /fines/{id}/waive": on(lambda world: world.fine(), {"note": "It was broken before"}),
    "GET /fines/payments": lambda world: {"query": {"fine_id": world.paid_fine()}},
    "POST /fines/payments": lambda world: {
        "body": {"fine_id": world.fine(), "amount_cents": 500, "method": "CASH"}, "headers": key(),
    },
    # Waitlist
    "GET /waitlist": plain(query={"status": "WAITING,OFFERED", "limit": 5}),
    "POST /waitlist": taken,
    "GET /me/waitlist": plain(query={"limit": 5}),
    "GET /waitlist/{id}": on(lambda world: world.entry()),
    "POST /waitlist/{id}/offer": on(lambda world: world.free_entry(), {"note": "Back early"}),
    "POST /waitlist/{id}/propose": on(
        lambda world: world.entry(), {"start_at": after(90), "end_at": after(90, 4)},
    ),
    "POST /waitlist/{id}/approve": on(lambda world: world.offered(), {"note": "Enjoy"}),
    "POST /waitlist/{id}/reject": on(lambda world: world.entry(), {"note": "Closed"}),
    "POST /waitlist/{id}/accept": own_offer,
    "POST /waitlist/{id}/decline": own_offer,
    "POST /waitlist/{id}/cancel": on(lambda world: world.entry(), {"note": "Not needed"}),
    "POST /waitlist/{id}/expire": on(lambda world: world.offered()),
    # The counter
    "GET /desk/today": plain(),
    "GET /desk/overdue": plain(query={"limit": 5}),
    "GET /desk/scan/{barcode}": lambda world: {"path": {"barcode": world.barcode()}},
    # Audit
    "GET /audit": plain(query={"entity_type": "resource", "limit": 5}),
    "GET /audit/{entity_type}/{entity_id}": lambda world: {
        "path": {"entity_type": "resource", "entity_id": world.resource()},
    },
}
