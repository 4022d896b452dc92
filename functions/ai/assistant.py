"""The assistant's model: Amazon Bedrock's Converse API with the model that `AiModel` names."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.clients import client
from shared.config import config
from shared.encoding import to_json
from shared.errors import AiUnavailable

_MAX_TOKENS = 300  # of an answer
_TEMPERATURE = 0.2
_JOINERS = "\u200c\u200d"
# Other stop reasons are refusals and blocked contents: there is no answer, and a retry is useless.
_COMPLETE = {"end_turn", "max_tokens", "stop_sequence"}


def is_on() -> bool:
    """Whether this deployment has a model."""
    return bool(config.ai_model)


def ask(
    task: str,
    data: Mapping[str, str],
    *,
    picture: bytes | None = None,
    content_type: str = "image/jpeg",
) -> str:
    """The model's answer, as one line; empty if it refuses.

    `task` is ours and goes into the system prompt; `data`, which may hold words of people, is the
    message: one JSON object, whose strings nothing in them can end. `content_type` of the picture:
    image/jpeg, png, gif or webp. Raises `AiUnavailable`.
    """
    if not is_on():
        raise AiUnavailable
    content: list[dict[str, Any]] = [{"text": to_json(data)}]
    if picture is not None:
        image_format = content_type.removeprefix("image/")
        content.insert(0, {"image": {"format": image_format, "source": {"bytes": picture}}})
    try:
        answer = client("bedrock-runtime").converse(
            modelId=config.ai_model,
            system=[{"text": task}],
            messages=[{"role": "user", "content": content}],
            inferenceConfig={"maxTokens": _MAX_TOKENS, "temperature": _TEMPERATURE},
        )
    except (BotoCoreError, ClientError) as error:
        raise AiUnavailable from error
    if answer["stopReason"] not in _COMPLETE:
        return ""
    blocks = answer["output"]["message"]["content"]
    return _as_line("".join(block.get("text", "") for block in blocks))


def _as_line(text: str) -> str:
    """The text with single spaces and printable characters only; emoji stay joined."""
    kept = (char if char.isprintable() or char in _JOINERS else " " for char in text)
    return " ".join("".join(kept).split())
