"""GET /emails/unsubscribe: the page behind the link in newsletters, with one button."""

from emails.subscriptions import LinkQuery, subscriber
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request

# The form posts to the page's own address, whose query has the token.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Unsubscribe</title>
</head>
<body>
<h1>Unsubscribe</h1>
<p>You will get no more newsletters. You can subscribe again in the app's settings.</p>
<form method="post"><button type="submit">Unsubscribe</button></form>
</body>
</html>
"""
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

app = endpoint("emails")


@app.serve("GET /emails/unsubscribe", auth="none", tier="signed", query=LinkQuery, answer=str)
def confirm_unsubscribe(request: Request[None, LinkQuery]) -> Answer:
    """Show a page with one button. It changes nothing: scanners of mails open links."""
    subscriber(request.query.token)
    return Answer(
        _PAGE,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "no-referrer",
        },
    )
