"""The key that Signature Version 4 signs with."""

from shared.aws.sigv4 import signing_key


def test_a_key_is_of_one_day_region_and_service() -> None:
    """The example of AWS's own documentation of Signature Version 4."""
    key = signing_key(
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830/us-east-1/iam/aws4_request"
    )
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
