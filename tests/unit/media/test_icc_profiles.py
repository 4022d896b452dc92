import struct
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from media.images import icc_profiles
from tests.unit.media.samples import SECRET, four_corners, rgb_profile, swapped_profile


def colours(profile: bytes) -> bytes:
    """A picture of many colours, converted from a profile to sRGB."""
    picture = Image.merge(
        "RGB", [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180)]
    ).resize((64, 64))
    source, target = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
    shown = ImageCms.profileToProfile(picture, source, target)
    assert shown is not None
    return shown.tobytes()


def standard() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("profile", [swapped_profile(), standard()], ids=["version 2", "version 4"])
def test_the_colours_stay_and_the_texts_go(profile: bytes) -> None:
    plain = icc_profiles.plain(profile)
    assert plain is not None
    assert colours(plain) == colours(profile)
    assert SECRET not in plain
    found = ImageCms.ImageCmsProfile(BytesIO(plain)).profile
    assert (found.profile_description, found.copyright) == ("Colours", "Colours")
    assert (found.manufacturer, found.model) == (None, None)
    assert struct.unpack_from(">I", plain)[0] == len(plain)


def test_what_is_plain_stays_as_it_is() -> None:
    plain = icc_profiles.plain(swapped_profile())
    assert plain is not None
    assert icc_profiles.plain(plain) == plain


def test_private_tags_of_a_screen_go() -> None:
    """Apple's profiles of screens have maker, model and serial number in the tag `mmod`."""
    profile = rgb_profile({b"mmod": b"mmod\0\0\0\0" + SECRET})
    assert profile.count(SECRET) == 3
    plain = icc_profiles.plain(profile)
    assert plain is not None
    assert SECRET not in plain
    assert colours(plain) == colours(profile)


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"PK\x03\x04" * 200,
        swapped_profile()[:100],
        swapped_profile()[:140],
        swapped_profile()[:128] + b"\xff" * 400,
        swapped_profile() + b"\0" * icc_profiles.LARGEST,
    ],
    ids=["nothing", "archive", "cut in its head", "cut in its table", "many tags", "huge"],
)
def test_what_is_no_profile_is_dropped(profile: bytes) -> None:
    assert icc_profiles.plain(profile) is None


def test_a_tag_that_points_outside_is_dropped() -> None:
    profile = bytearray(swapped_profile())
    struct.pack_into(">II", profile, profile.index(b"rXYZ") + 4, 0xFFFF_FF00, 20)
    plain = icc_profiles.plain(bytes(profile))
    assert plain is not None
    assert b"rXYZ" not in plain
    assert b"gXYZ" in plain


def test_pictures_still_open_with_a_plain_profile() -> None:
    written = BytesIO()
    four_corners().save(written, "JPEG", icc_profile=icc_profiles.plain(swapped_profile()))
    with Image.open(written) as image:
        assert image.info["icc_profile"] == icc_profiles.plain(swapped_profile())
