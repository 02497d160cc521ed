"""Stripe's hosted form, as far as a person clicks through it: a bank, an account, and back."""

from html import escape

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Bank details (a fake Stripe)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main>
<h1>Where should the money go?</h1>
<p>This page plays Stripe's own form. No real money moves, so please type no real account
number.</p>{error}
<form method="post">
<p><label>Bank <input name="bank" value="High Street Bank" required></label></p>
<p><label>Account number (8 digits) <input name="number" inputmode="numeric" required></label></p>
<p>One that ends in 0001 does not exist, 0002 is closed and sends the money back, 0003 is refused
at once.</p>
<p><button type="submit">Save</button> <a href="{back}">Go back without saving</a></p></form></main>
</body></html>"""


def _link(handler, token):
    return handler.fake.state.data["links"].get(token)


def show(handler, token, error=""):
    link = _link(handler, token)
    if link is None or link["used"]:
        return away(handler, link["refresh_url"] if link else "/")
    page = PAGE.format(
        error=f"<p><strong>{escape(error)}</strong></p>", back=escape(link["return_url"])
    )
    return handler.reply(200, page.encode(), "text/html; charset=utf-8")


def send(handler, token, fields):
    link = _link(handler, token)
    if link is None or link["used"]:
        return away(handler, link["refresh_url"] if link else "/")
    number = "".join(fields.get("number", [""])[0].split())
    if not (number.isdigit() and len(number) == 8):
        return show(handler, token, "An account number has 8 digits.")
    state = handler.fake.state
    with state.lock:
        link["used"] = True
        state.add_bank_account(link["account"], fields.get("bank", ["Bank"])[0][:60], number)
        state.save()
    return away(handler, link["return_url"])


def away(handler, address):
    return handler.reply(303, b"", "text/html", Location=address)
