"""The model behind the assistant: that of Amazon Bedrock which `AiModel` names, by Converse."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.clients import client
from shared.config import config
from shared.errors import AiUnavailable

_MOST_TOKENS = 300  # of an answer
_WARMTH = 0.2
# The model says no more, or may not say what it would: there is no answer, and asking again helps
# nobody.
_ENDED = {"end_turn", "max_tokens", "stop_sequence"}


def is_on() -> bool:
    """Whether this deployment has a model."""
    return bool(config.ai_model)


def ask(task: str, question: str, *, picture: bytes, content_type: str) -> str:
    """The model's answer on a picture, as one line; empty if it refuses.

    `content_type`: image/jpeg, png, gif or webp. Raises `AiUnavailable`.
    """
    if not is_on():
        raise AiUnavailable
    shown: dict[str, Any] = {
        "format": content_type.removeprefix("image/"),
        "source": {"bytes": picture},
    }
    try:
        answer = client("bedrock-runtime").converse(
            modelId=config.ai_model,
            system=[{"text": task}],
            messages=[{"role": "user", "content": [{"image": shown}, {"text": question}]}],
            inferenceConfig={"maxTokens": _MOST_TOKENS, "temperature": _WARMTH},
        )
    except (BotoCoreError, ClientError) as error:
        raise AiUnavailable from error
    if answer["stopReason"] not in _ENDED:
        return ""
    blocks = answer["output"]["message"]["content"]
    return _as_line("".join(block.get("text", "") for block in blocks))


def _as_line(text: str) -> str:
    """Its words, with single spaces and nothing that cannot be printed."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
