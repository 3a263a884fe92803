"""A signed-in admin of the demo data, and makers of whatever an operation needs."""

import datetime
import itertools
import uuid

import requests

PASSWORD = "a long enough passphrase"
NUMBERS = itertools.count(1)


def unique(word):
    return f"{word}-{uuid.uuid4().hex[:8]}-{next(NUMBERS)}"


def after(days, hours=0):
    """A whole hour so far ahead, as the API takes it."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
    return (now + datetime.timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    def __init__(self, base, email, password):
        self.base = base
        self.email = email
        self.session = self.sign_in(email, password)
        self.org = self.session["organizations"][0]["id"]
        self.user = self.session["user"]["id"]
        self.days = itertools.count(20)

    def headers(self, session=None):
        token = (session or self.session)["access_token"]
        return {"Authorization": f"Bearer {token}", "X-Org-Id": self.org}

    def send(self, method, path, body=None, session=None, **headers):
        return requests.request(
            method, self.base + path, json=body, timeout=30,
            headers={**self.headers(session), **headers},
        )

    def make(self, path, body=None, session=None):
        key = {"Idempotency-Key": unique("key")}
        answer = self.send("POST", path, body or {}, session, **key)
        if not answer.ok:
            raise SystemExit(f"POST {path} {body}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def sign_in(self, email, password):
        body = {"email": email, "password": password}
        answer = requests.post(f"{self.base}/auth/login", json=body, timeout=30)
        if answer.status_code != 200:
            raise SystemExit(f"{email} can't sign in: {answer.status_code} {answer.text}")
        return answer.json()

    def member(self):
        """A student who was just registered: id, email, password."""
        email = f"{unique('student')}@example.edu"
        body = {"email": email, "password": PASSWORD, "full_name": "Ada Byron"}
        self.make("/auth/register", body)
        session = self.sign_in(email, PASSWORD)
        return {"id": session["user"]["id"], "email": email, "session": session}

    def invited(self):
        """Somebody with an open invitation: the session, and the invitation's id."""
        session = self.member()["session"]
        body = {"email": session["user"]["email"], "roles": ["staff"]}
        self.make("/members", body)
        me = requests.get(f"{self.base}/me", headers=self.headers(session), timeout=30).json()
        return session, me["invitations"][0]["id"]

    def resource(self, units=2):
        body = {
            "type": "camera", "name": unique("Camera"), "tags": [unique("tag")],
            "units": [{"barcode": unique("CAM")} for _ in range(units)],
        }
        return self.make("/resources", body)["id"]

    def unit_of(self, resource):
        return self.send("GET", f"/resources/{resource}/units").json()["data"][0]["id"]

    def unit(self):
        return self.make(f"/resources/{self.resource(0)}/units", {"barcode": unique("CAM")})["id"]

    def maintenance(self):
        """A unit and what is planned for it, as a path names them."""
        unit = self.unit()
        planned = self.make(
            f"/units/{unit}/maintenance", {"start_at": after(3), "end_at": after(4)},
        )
        return {"id": unit, "claim_id": planned["id"]}

    def barcode(self):
        return self.send("GET", f"/units/{self.unit()}").json()["barcode"]

    def tag(self):
        return self.make("/tags", {"name": unique("tag")})["id"]

    def new_booking(self, **more):
        day = next(self.days)
        items = [{"resource_id": self.resource(), "quantity": 1}]
        period = {"start_at": after(day), "end_at": after(day, 4)}
        return {**period, "purpose": "Short film", "items": items, **more}

    def booking(self, **more):
        return self.make("/bookings", self.new_booking(**more))["id"]

    def auto_offer(self, on):
        self.send("PATCH", "/organization", {"policy": {"auto_offer": on}}, **{"If-Match": "*"})

    def waiting(self, session=None):
        """Somebody waits for what an admin has taken: the entry's id, and the booking's."""
        body = {**self.new_booking(), "items": [{"resource_id": self.resource(1), "quantity": 1}]}
        taken = self.make("/bookings", body)["id"]
        return self.make("/waitlist", body, session)["id"], taken

    def entry(self, session=None):
        return self.waiting(session)[0]

    def offered(self, session=None):
        """The queue holds something for somebody."""
        self.auto_offer(True)
        entry, taken = self.waiting(session)
        self.make(f"/bookings/{taken}/cancel")
        return entry

    def free_entry(self):
        """Somebody waits for what is free, because nothing is offered by itself."""
        entry, taken = self.waiting()
        self.auto_offer(False)
        self.make(f"/bookings/{taken}/cancel")
        return entry

    def out(self):
        """A booking that has been handed out."""
        booking = self.booking()
        self.make(f"/bookings/{booking}/check-out")
        return booking

    def fine(self, cents=1500):
        """A student owes something."""
        body = {"user_id": self.member()["id"], "kind": "OTHER", "amount_cents": cents}
        return self.make("/fines", body)["id"]

    def paid_fine(self):
        """A student has paid a part of what they owe."""
        fine = self.fine()
        self.make("/fines/payments", {"fine_id": fine, "amount_cents": 500, "method": "CARD"})
        return fine

    def pending(self):
        """A student's request, which staff have still to decide."""
        return self.booking(requester_user_id=self.member()["id"])
