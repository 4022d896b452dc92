"""What the media bucket forgets by itself, when nothing else has removed it."""

from infra.templates import TEMPLATE, load

LONGEST_RETRY = 6 / 24  # days that Lambda goes on trying an event

RULES = {
    rule["Prefix"]: rule
    for rule in load(TEMPLATE)["Resources"]["MediaBucket"]["Properties"]["LifecycleConfiguration"][
        "Rules"
    ]
}


def test_a_file_as_it_came_goes_only_when_nobody_works_on_it_any_more() -> None:
    life = RULES["uploads/"]["ExpirationInDays"]
    assert LONGEST_RETRY < life <= 7


def test_what_is_shown_never_expires() -> None:
    for prefix, rule in RULES.items():
        is_about_media = prefix.startswith("media/") or "media/".startswith(prefix)
        assert not (is_about_media and "ExpirationInDays" in rule)


def test_parts_of_files_that_were_never_finished_go() -> None:
    assert {"uploads/", "media/", "exports/"} <= RULES.keys()
    for rule in RULES.values():
        assert rule["Status"] == "Enabled"
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
