"""The form in which each table's items are stored, by version: `infra/item_forms.json`.

python -m infra.item_forms [--check]     (`make forms`)

A change that items of the version before would be read wrongly by needs a step in the model's
`upgrades` (`shared/dynamodb/versions.py`): an attribute that is required now and was not, or that
is gone or of another type. A test compares the models with this record and says which.
"""

import json
from collections.abc import Iterator
from typing import Any

from infra.generated import ROOT, update_files
from infra.stored_models import models

FILE = ROOT / "infra" / "item_forms.json"

type Form = dict[str, Any]  # {version, required: {attribute: type}, optional: {attribute: type}}


def forms() -> dict[str, Form]:
    """The form of the items of each table and model, as the models say it."""
    from shared.dynamodb.versions import current_version

    found: dict[str, Form] = {}
    for table, model in models():
        required: dict[str, str] = {}
        optional: dict[str, str] = {}
        for attribute in model.get_attributes().values():
            may_lack = attribute.null or attribute.default is not None
            (optional if may_lack else required)[attribute.attr_name] = attribute.attr_type
        found[f"{table}/{model.__name__}"] = {
            "version": current_version(model.upgrades),
            "required": dict(sorted(required.items())),
            "optional": dict(sorted(optional.items())),
        }
    return found


def broken(recorded: dict[str, Form], current: dict[str, Form]) -> Iterator[str]:
    """The changes that need a new version, and have none."""
    for table, before in recorded.items():
        after = current.get(table)
        if after is None or after["version"] != before["version"]:
            continue
        was, now = (each["required"] | each["optional"] for each in (before, after))
        for name, kind in was.items():
            if now.get(name) != kind:
                yield f"{table}.{name} was {kind} and is {now.get(name, 'gone')}"
        for name in after["required"]:
            if name not in before["required"]:
                yield f"{table}.{name} is required, and stored items may lack it"


def main() -> None:
    """Record the forms, unless a change needs a new version."""
    current = forms()
    if FILE.exists() and (changes := list(broken(json.loads(FILE.read_text()), current))):
        raise SystemExit("These changes need a step in `upgrades`:\n" + "\n".join(changes))
    lines = [f"  {json.dumps(table)}: {json.dumps(form)}" for table, form in current.items()]
    update_files({FILE: "{\n" + ",\n".join(lines) + "\n}\n"}, "make forms")


if __name__ == "__main__":
    main()
