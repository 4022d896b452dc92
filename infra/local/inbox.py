"""`make inbox`: the mails that the local stack has sent, the newest last."""

import urllib.error

from rich.panel import Panel

from infra.local.mailbox import sent_mails
from infra.local.run import PORT, console


def main() -> None:
    try:
        mails = sent_mails(f"http://localhost:{PORT}")
    except urllib.error.URLError as error:
        raise SystemExit("The stack is not running: make run") from error
    for mail in mails:
        title = f"{', '.join(mail['To'])} · {mail['Subject']}"
        console.print(Panel(mail["BodyText"] or mail["BodyHtml"], title=title, title_align="left"))
    if not mails:
        console.print("No mails yet (MiniStack forgets them when it stops).")


if __name__ == "__main__":
    main()
