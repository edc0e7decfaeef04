"""The shop of shop.py with two planted mistakes. tapmock check finds exactly ignores-amount and fulfilled-twice."""
import json

import shop


def take_any_amount(charge):
    """Forgets to compare the amount and the currency of the charge with those of the order."""
    with shop.lock:
        order = shop.order_of(charge)
        if order is None or charge["status"] != "CAPTURED" or order["fulfilled"]:
            return
        order["charges"].add(charge["id"])
        order["paid_by"] = charge["id"]
        order["fulfilled"] += 1


def webhook_that_counts_again(headers, body):
    """Fulfils the order for each webhook, although Tap may send one several times."""
    order = {}
    try:
        order = shop.orders.get(json.loads(body)["reference"]["order"]) or {}
    except (ValueError, KeyError, TypeError):
        pass
    before = order.get("fulfilled", 0)
    status = sound_webhook(headers, body)
    if status == 200 and before and json.loads(body)["status"] == "CAPTURED":
        order["fulfilled"] += 1
    return status


sound_webhook = shop.webhook
shop.take = take_any_amount
shop.webhook = webhook_that_counts_again

if __name__ == "__main__":
    shop.main()
