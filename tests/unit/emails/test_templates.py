import pytest

from emails.templates import TEMPLATES, render

VALUES = {"username": "<b>yuki</b>", "code": "012345", "minutes": "10"}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
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


def test_every_template_can_be_asked_for() -> None:
    from typing import get_args

    from emails.public import TemplateName

    assert set(get_args(TemplateName.__value__)) == set(TEMPLATES)
