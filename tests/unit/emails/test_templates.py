import pytest

from emails.templates import TEMPLATES, render

VALUES = {
    "username": "<b>yuki</b>",
    "code": "012345",
    "minutes": "10",
    "link_minutes": "15",
    "token": "some-token",
    "reason": "No <b>face</b>.",
    "link": "https://s3.example.com/a.zip?a=1&b=2",
}
WITH_CODE = [name for name, each in TEMPLATES.items() if "{code}" in each.paragraphs]
WITH_LINK = [name for name, each in TEMPLATES.items() if "{link}" in each.paragraphs]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_mail_greets_by_name_in_text_and_in_html(name: str) -> None:
    mail = render(TEMPLATES[name], VALUES)
    assert "@<b>yuki</b>," in mail.text
    assert "@&lt;b&gt;yuki&lt;/b&gt;," in mail.html
    assert "<b>yuki" not in mail.html


@pytest.mark.parametrize("name", sorted(WITH_LINK))
def test_a_link_can_be_clicked_and_copied(name: str) -> None:
    mail = render(TEMPLATES[name], VALUES)
    assert f"\n{VALUES['link']}\n" in mail.text
    assert '<a href="https://s3.example.com/a.zip?a=1&amp;b=2">' in mail.html


@pytest.mark.parametrize("name", sorted(WITH_CODE))
def test_a_mail_holds_its_values_as_text_and_as_html(name: str) -> None:
    mail = render(TEMPLATES[name], VALUES)
    assert mail.subject
    assert "\n" not in mail.subject
    assert "012345" not in mail.subject, "subjects are shown on locked screens"
    assert "\n012345\n" in mail.text
    assert "@<b>yuki</b>," in mail.text
    assert "<strong>012345</strong>" in mail.html
    assert "@&lt;b&gt;yuki&lt;/b&gt;," in mail.html
    assert "<b>yuki" not in mail.html


def test_braces_in_a_value_are_only_text() -> None:
    mail = render(TEMPLATES["login_code"], {**VALUES, "username": "{code} {0} {}"})
    assert "@{code} {0} {}," in mail.text
    assert "@{code} {0} {}," in mail.html


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        render(TEMPLATES["login_code"], {"username": "yuki"})


def test_every_template_is_offered_to_other_services() -> None:
    from typing import get_args

    from emails.public import TemplateName

    assert set(get_args(TemplateName.__value__)) == set(TEMPLATES)
