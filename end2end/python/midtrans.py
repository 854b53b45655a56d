"""Midtrans' own Python library takes our simulator for the real thing.

Called with the simulator's address and the server key; prints what it did, ends with a traceback when
something differs from what the real Midtrans does.
"""

import sys
import urllib.parse
import urllib.request
import uuid

import midtransclient
from midtransclient.error_midtrans import MidtransAPIError

base, server_key = sys.argv[1:3]


def api(kind, key=server_key):
    client = kind(is_production=False, server_key=key, client_key="SB-Mid-client-1")
    client.api_config.CORE_SANDBOX_BASE_URL = f"{base}/midtrans"
    client.api_config.SNAP_SANDBOX_BASE_URL = f"{base}/midtrans/snap/v1"
    return client


def order():
    return {"transaction_details": {"order_id": f"ORDER-{uuid.uuid4()}", "gross_amount": 132000}}


def order_id(request):
    return request["transaction_details"]["order_id"]


def agrees(answer, **expected):
    found = {key: answer.get(key) for key in expected}
    assert found == expected, f"expected {expected}, got {answer}"


def refused(http, code, call, *arguments):
    try:
        answer = call(*arguments)
    except MidtransAPIError as error:
        found = (error.http_status_code, error.api_response_dict.get("status_code"))
        assert found == (http, code), f"expected {(http, code)}, got {found}: {error}"
        return
    raise AssertionError(f"accepted: {answer}")


def pays(reference, outcome="paid"):
    """What the buyer does, or what happens later; the shop is not told."""
    form = urllib.parse.urlencode({"outcome": outcome, "lost": "true"}).encode()
    opener = urllib.request.build_opener(NoRedirect)
    opener.open(f"{base}/midtrans/pay/by-reference/{reference}", form)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def http_error_303(self, request, answer, code, message, headers):
        return answer


core, snap = api(midtransclient.CoreApi), api(midtransclient.Snap)

# A virtual account: charged once, asked for, expired (407 is an answer), and then final.
account = order()
charged = core.charge({"payment_type": "bank_transfer", "bank_transfer": {"bank": "bca"}, **account})
agrees(charged, status_code="201", transaction_status="pending", gross_amount="132000.00", currency="IDR")
assert charged["va_numbers"][0]["bank"] == "bca", charged
refused(200, "406", core.charge, {"payment_type": "qris", **account})
agrees(core.transactions.status(order_id(account)), status_code="201", transaction_id=charged["transaction_id"])
agrees(core.transactions.expire(order_id(account)), status_code="407", transaction_status="expire")
agrees(core.transactions.status(order_id(account)), status_code="407", transaction_status="expire")
refused(200, "412", core.transactions.cancel, order_id(account))

# Another one is cancelled; an account's money is not refunded by the API.
other = order()
core.charge({"payment_type": "bank_transfer", "bank_transfer": {"bank": "bni"}, **other})
agrees(core.transactions.cancel(order_id(other)), status_code="200", transaction_status="cancel")
paid_account = order()
core.charge({"payment_type": "echannel", "echannel": {"bill_info1": "Belanja", "bill_info2": "Pesanan"}, **paid_account})
pays(order_id(paid_account))
refused(200, "412", core.transactions.refund, order_id(paid_account), {"refund_key": "r", "amount": 1000})

# A QRIS payment is refunded in parts: each key once, never more than was paid.
code = order()
agrees(core.charge({"payment_type": "qris", "qris": {"acquirer": "gopay"}, **code}), status_code="201", payment_type="qris")
pays(order_id(code))
paid = core.transactions.status(order_id(code))
agrees(paid, status_code="200", transaction_status="settlement", fraud_status="accept")
agrees(core.transactions.notification({"transaction_id": paid["transaction_id"]}), transaction_status="settlement")
part = core.transactions.refund(order_id(code), {"refund_key": "r-1", "amount": 32000, "reason": "rusak"})
agrees(part, transaction_status="partial_refund", refund_amount="32000.00", refund_key="r-1")
refused(200, "406", core.transactions.refund, order_id(code), {"refund_key": "r-1", "amount": 32000})
refused(200, "414", core.transactions.refund, order_id(code), {"refund_key": "r-2", "amount": 132000})
agrees(core.transactions.refund(order_id(code), {"refund_key": "r-3", "amount": 100000}), transaction_status="refund")

# GoPay's code is a picture only. Money may be taken back.
wallet = order()
made = core.charge({"payment_type": "gopay", **wallet})
drawn = {action["name"]: action["url"] for action in made["actions"]}["generate-qr-code"]
assert "qr_string" not in made and urllib.request.urlopen(drawn).headers["content-type"] == "image/png", made
pays(order_id(wallet))
pays(order_id(wallet), "chargeback")
agrees(core.transactions.status(order_id(wallet)), status_code="200", transaction_status="chargeback")

# Snap: a page with a token; before the buyer chooses there is no transaction.
page = order()
made = snap.create_transaction(page)
assert len(made["token"]) == 36 and urllib.request.urlopen(made["redirect_url"]).status == 200, made
refused(404, "404", snap.transactions.status, order_id(page))
pays(order_id(page))
agrees(snap.transactions.status(order_id(page)), status_code="200", transaction_status="settlement")

# Somebody else's key opens nothing.
refused(401, "401", api(midtransclient.CoreApi, "SB-Mid-server-wrong").transactions.status, order_id(code))
refused(401, None, api(midtransclient.Snap, "SB-Mid-server-wrong").create_transaction, order())

print("midtransclient agrees")
