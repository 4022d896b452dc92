"""GET /emails/unsubscribe: the page behind the link in newsletters, with one button."""

from typing import Annotated

from emails.subscriptions import LinkQuery, subscriber
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request
from shared.translations import preferred, translations

# The form posts to the page's own address, whose query has the token.
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{action}</title>
</head>
<body>
<h1>{action}</h1>
<p>{effect}</p>
<form method="post"><button type="submit">{action}</button></form>
</body>
</html>
"""
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

app = endpoint("emails")


@app.serve(
    "GET /emails/unsubscribe",
    auth="none",
    tier="signed",
    query=LinkQuery,
    answer=Annotated[str, "text/html"],
)
def confirm_unsubscribe(request: Request[None, LinkQuery]) -> Answer:
    """Show a page with one button. It changes nothing: scanners of mails open links."""
    subscriber(request.query.token)
    language = preferred(request.accept_language)
    gettext = translations(language).gettext
    page = _PAGE.format(
        language=language,
        action=gettext("Unsubscribe"),
        effect=gettext(
            "You will get no more newsletters. You can subscribe again in the app's settings."
        ),
    )
    return Answer(
        page,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "no-referrer",
        },
    )
