"""`make inbox`: the mails that the local stack has sent, the newest last."""

import json
import urllib.error
import urllib.request

from rich.panel import Panel

from infra.local.run import PORT, console


def main() -> None:
    try:
        with urllib.request.urlopen(f"http://localhost:{PORT}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"]
    except urllib.error.URLError as error:
        raise SystemExit("MiniStack is not running: make run") from error
    mails = [mail for account in accounts.values() for mail in account]
    for mail in mails:
        title = f"{', '.join(mail['To'])} · {mail['Subject']}"
        console.print(Panel(mail["BodyText"] or mail["BodyHtml"], title=title, title_align="left"))
    if not mails:
        console.print("No mails yet (MiniStack forgets them when it stops).")


if __name__ == "__main__":
    main()
