"""A model that changes the form of stored items has a step that upgrades those of before."""

import json
from copy import deepcopy

import pytest

from infra.item_forms import FILE, broken, forms

RECORDED = json.loads(FILE.read_text())


def test_no_form_changed_without_a_version() -> None:
    changes = list(broken(RECORDED, forms()))
    assert not changes, f"these changes need a step in `upgrades`, then `make forms`: {changes}"


def test_every_form_is_recorded() -> None:
    assert forms() == RECORDED, "infra/item_forms.json is stale, run `make forms`"


@pytest.mark.parametrize(
    ("change", "is_broken"),
    [
        (lambda form: form["optional"].pop("caption"), True),
        (lambda form: form["optional"].update(caption="N"), True),
        (lambda form: form["required"].update(colour="S"), True),
        (lambda form: form["required"].update(caption=form["optional"].pop("caption")), True),
        (lambda form: form["optional"].update(colour="S"), False),
        (lambda form: form.update(version=2, optional={}), False),
    ],
    ids=["gone", "retyped", "new and required", "required now", "new and optional", "a version"],
)
def test_what_needs_a_version(change: object, is_broken: bool) -> None:
    changed = deepcopy(RECORDED)
    change(changed["posts/Post"])  # type: ignore[operator]
    assert bool(list(broken(RECORDED, changed))) == is_broken
