"""A small shop that takes KNET payments through Tap, in Python's standard library. It is sound: tapmock check finds nothing.

    TAP_BASE_URL=http://127.0.0.1:8080/v2 TAP_SECRET_KEY=sk_test_XKokBfNWv6FIYuTMg5sLPjhJ PORT=8000 python3 shop.py

The orders are kept in memory. Where a comment says "one step", a shop with a database needs a transaction or one conditional UPDATE.
"""
import hashlib
import hmac
import http.client
import json
import os
import threading
import urllib.error
import urllib.request
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

TAP = os.environ.get("TAP_BASE_URL", "http://127.0.0.1:8080/v2")
KEY = os.environ.get("TAP_SECRET_KEY", "sk_test_XKokBfNWv6FIYuTMg5sLPjhJ")
PORT = int(os.environ.get("PORT", "8000"))
SHOP = f"http://127.0.0.1:{PORT}"

lock = threading.Lock()  # guards the orders
orders = {}  # by their ids


class NoAnswer(Exception):
    """Tap gave no usable answer, which says nothing about the payment."""


class Refused(Exception):
    """Tap refused what it was asked for."""


# ---- Tap's API


def tap(method, path, body=None):
    """Makes one call. A time-out keeps a slow API from blocking the shop."""
    request = urllib.request.Request(TAP + path, method=method, data=body and json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + KEY)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=2) as response:
            answer = json.loads(response.read(), parse_float=Decimal)  # an amount is never a float
    except urllib.error.HTTPError as error:
        if 400 <= error.code < 500 and error.code != 429:
            raise Refused(f"HTTP {error.code}") from error
        raise NoAnswer(f"HTTP {error.code}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:  # no connection, a time-out, no JSON, half an answer
        raise NoAnswer(str(error)) from error
    if not isinstance(answer, dict) or not answer.get("id"):
        raise NoAnswer("the answer has no id")
    return answer


def tap_again(method, path, body=None):
    """Tries three times. With reference.idempotent in the body Tap returns the object of an earlier try whose answer was lost."""
    for attempt in range(3):
        try:
            return tap(method, path, body)
        except NoAnswer:
            if attempt == 2:
                raise


# ---- Payments


def start_payment(order_id):
    """Creates the charge of an order, and returns the address of the payment page; None if nothing is left to pay."""
    order = orders[order_id]
    charge = tap_again("POST", "/charges", {
        "amount": order["amount"], "currency": "KWD",  # text with three decimals
        "source": {"id": "src_kw.knet"},
        "customer": {"first_name": order["name"], "email": order["email"]},
        "reference": {"order": order_id, "idempotent": order_id},
        "post": {"url": SHOP + "/webhook"}, "redirect": {"url": SHOP + "/return"},
    })
    with lock:
        order["charges"].add(charge["id"])
    take(charge)  # after a lost answer the payer may have paid already
    return charge["transaction"].get("url")


def order_of(charge):
    """The order that a charge names; None if there is none, or if the charge was created for another one."""
    order = orders.get(charge.get("reference", {}).get("order"))
    owner = next((o for o in orders.values() if charge["id"] in o["charges"]), order)
    return order if owner is order else None


def take(charge):
    """Fulfils the order of a charge that Tap's API has shown, once and only if it pays the order."""
    with lock:  # one step
        order = order_of(charge)
        if order is None or charge["status"] != "CAPTURED" or order["fulfilled"]:
            return
        if Decimal(str(charge["amount"])) != Decimal(order["amount"]) or charge["currency"] != "KWD":
            return  # somebody paid another amount; a person must look at it
        order["charges"].add(charge["id"])
        order["paid_by"] = charge["id"]
        order["fulfilled"] += 1


def is_signed(headers, event):
    """Compares the header hashstring with the HMAC of seven values."""
    created = event.get("created") if event.get("object") == "refund" else event.get("transaction", {}).get("created")
    reference = event.get("reference", {})
    text = (f"x_id{event.get('id')}x_amount{Decimal(str(event.get('amount'))):.3f}x_currency{event.get('currency')}"
            f"x_gateway_reference{reference.get('gateway', '')}x_payment_reference{reference.get('payment', '')}"
            f"x_status{event.get('status')}x_created{created}")
    want = hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(want.encode(), headers.get("hashstring", "").encode())


def webhook(headers, body):
    """Returns the HTTP status. 503 lets Tap send the webhook again later."""
    try:
        event = json.loads(body, parse_float=Decimal)
        if not is_signed(headers, event):
            return 401
    except (ValueError, ArithmeticError, AttributeError):
        return 400
    try:
        if event.get("object") == "refund":
            keep_refund(tap("GET", "/refunds/" + quote(event["id"])))
            return 200
        charge = tap("GET", "/charges/" + quote(event["id"]))  # the key could have leaked, so the webhook alone proves nothing
    except (NoAnswer, Refused):
        return 503
    if charge["status"] != event["status"]:
        return 503  # GET shows an older status
    take(charge)
    return 200


def payer_returns(tap_id):
    """Only tap_id is used: anybody can write the other parameters of the address."""
    try:
        take(tap("GET", "/charges/" + quote(tap_id)))
    except (NoAnswer, Refused):
        pass  # the webhook or reconcile() will tell


def reconcile():
    """A job for every few minutes: asks for the charges of unpaid orders, for failed ones too, because a capture can come late."""
    with lock:
        open_charges = [c for o in orders.values() if not o["fulfilled"] for c in o["charges"]]
        open_refunds = [r for o in orders.values() for r, refund in o["refunds"].items() if refund["status"] != "REFUNDED"]
    for charge_id in open_charges[-20:]:  # a real shop stops after some days
        try:
            take(tap("GET", "/charges/" + charge_id))
        except (NoAnswer, Refused):
            pass  # the next run asks again
    for refund_id in open_refunds[-20:]:
        try:
            keep_refund(tap("GET", "/refunds/" + refund_id))
        except (NoAnswer, Refused):
            pass


# ---- Refunds


def refund(order_id, amount):
    order = orders[order_id]
    if not order["paid_by"]:
        raise Refused("the order is not paid")
    keep_refund(tap_again("POST", "/refunds", {
        "charge_id": order["paid_by"], "amount": amount, "currency": "KWD", "reason": "requested_by_customer",
        "reference": {"merchant": order_id, "idempotent": f"refund-{order_id}-{amount}"}, "post": {"url": SHOP + "/webhook"},
    }), order)


def keep_refund(answer, order=None):
    with lock:
        order = order or next((o for o in orders.values() if answer["id"] in o["refunds"]), None)
        if order is not None:
            order["refunds"][answer["id"]] = {"status": answer["status"], "amount": Decimal(str(answer["amount"]))}


def refunded(order):
    """What the payer has back: a refund that is PENDING is not money yet."""
    return sum((r["amount"] for r in order["refunds"].values() if r["status"] == "REFUNDED"), Decimal(0))


# ---- The contract of tapmock check. Only in a test build: whoever can call this can order and refund.


def contract(path, body):
    if path == "/tapmock/checkout":
        with lock:
            orders.setdefault(body["order"], {"amount": body["amount"], "name": body["first_name"], "email": body["email"],
                                              "charges": set(), "paid_by": "", "fulfilled": 0, "refunds": {}})
        return {"pay_url": start_payment(body["order"])}
    if path == "/tapmock/order":
        order = orders[body["id"]]
        return {"order": body["id"], "state": "paid" if order["fulfilled"] else "unpaid", "amount": order["amount"],
                "fulfilled": order["fulfilled"], "refunded": str(refunded(order))}
    if path == "/tapmock/refund":
        return refund(body["order"], body["amount"])
    if path == "/tapmock/reconcile":
        return reconcile()
    raise FileNotFoundError(path)


# ---- HTTP


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        at = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(at.query).items()}
        if at.path == "/return":
            payer_returns(query.get("tap_id", ""))
            self.answer(200, {"message": "Thank you. We tell you by mail when the payment has arrived."})
        else:
            self.serve_contract(at.path, query)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/webhook":
            self.answer(webhook(self.headers, body), {})
        else:
            self.serve_contract(self.path, json.loads(body or b"{}"))

    def serve_contract(self, path, body):
        try:
            self.answer(200, contract(path, body) or {})
        except FileNotFoundError:
            self.answer(404, {"error": "no such page"})
        except (NoAnswer, Refused, KeyError) as error:
            self.answer(502, {"error": str(error)})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    Server(("127.0.0.1", PORT), Handler).serve_forever()


if __name__ == "__main__":
    main()
