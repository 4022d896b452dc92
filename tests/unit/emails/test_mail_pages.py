"""`make mails`: the page has every mail, with a browser or without one."""

from pathlib import Path

import pytest

from emails.templates import TEMPLATES
from infra.local import mails
from shared.translations import LANGUAGES


def test_the_page_has_every_mail_in_every_language_and_pictures_need_a_browser(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setattr(mails, "FOLDER", tmp_path / "mails")
    settings.setenv("PATH", str(tmp_path))
    settings.delenv("CHROMIUM", raising=False)
    mails.main()
    page = (tmp_path / "mails" / "index.html").read_text()
    for name in TEMPLATES:
        for language in LANGUAGES:
            assert f"<h2>{name}-{language}: " in page
    assert capsys.readouterr().out.splitlines() == [
        f"Open {tmp_path}/mails/index.html in a browser.",
        "There are no pictures of the mails: no chromium is on the path.",
    ]
