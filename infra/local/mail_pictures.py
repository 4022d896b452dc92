"""Pictures of mails, taken by a Chromium that is on this machine."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
_WIDTHS = {"desktop": 800, "phone": 390}  # pixels
_SCHEMES = ("light", "dark")
_HEIGHT = 400  # pixels: of the window; a longer mail is shown whole


class NoBrowser(Exception):
    """There is no Chromium, or it does not start."""


def take_pictures(mails: Mapping[str, str], folder: Path) -> int:
    """Take pictures of `mails` (HTML by name), light and dark, on a desktop and on a phone; return
    their number. A picture is `<name>-<desktop or phone>-<light or dark>.png`. Raises `NoBrowser`.
    """
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        raise NoBrowser("no chromium is on the path")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as driver:
        try:
            launched = driver.chromium.launch(executable_path=browser, args=_FLAGS)
        except Error as error:
            raise NoBrowser(f"{browser} does not start") from error
        with launched:
            views = [(device, scheme) for device in _WIDTHS for scheme in _SCHEMES]
            for device, scheme in views:
                with launched.new_context(
                    viewport={"width": _WIDTHS[device], "height": _HEIGHT},
                    color_scheme="dark" if scheme == "dark" else "light",
                    is_mobile=device == "phone",
                    java_script_enabled=False,  # mail programs run none
                    offline=True,  # nor may a mail need anything from outside
                ) as context:
                    _take_all(context, mails, folder, f"{device}-{scheme}")
    return len(mails) * len(views)


def _take_all(context: "BrowserContext", mails: Mapping[str, str], folder: Path, view: str) -> None:
    page = context.new_page()
    for name, html in mails.items():
        page.set_content(html)
        page.screenshot(path=folder / f"{name}-{view}.png", full_page=True)
