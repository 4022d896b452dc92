"""The assistant's model: Amazon Bedrock's Converse API with the model that `AiModel` names."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.clients import client
from shared.config import config
from shared.errors import AiUnavailable

_MAX_TOKENS = 300  # of an answer
_TEMPERATURE = 0.2
# Other stop reasons are refusals and blocked contents: there is no answer, and a retry is useless.
_COMPLETE = {"end_turn", "max_tokens", "stop_sequence"}


def is_on() -> bool:
    """Whether this deployment has a model."""
    return bool(config.ai_model)


def ask(task: str, question: str, *, picture: bytes, content_type: str) -> str:
    """The model's answer about a picture, as one line; empty if it refuses.

    `content_type`: image/jpeg, png, gif or webp. Raises `AiUnavailable`.
    """
    if not is_on():
        raise AiUnavailable
    image: dict[str, Any] = {
        "format": content_type.removeprefix("image/"),
        "source": {"bytes": picture},
    }
    try:
        answer = client("bedrock-runtime").converse(
            modelId=config.ai_model,
            system=[{"text": task}],
            messages=[{"role": "user", "content": [{"image": image}, {"text": question}]}],
            inferenceConfig={"maxTokens": _MAX_TOKENS, "temperature": _TEMPERATURE},
        )
    except (BotoCoreError, ClientError) as error:
        raise AiUnavailable from error
    if answer["stopReason"] not in _COMPLETE:
        return ""
    blocks = answer["output"]["message"]["content"]
    return _as_line("".join(block.get("text", "") for block in blocks))


def _as_line(text: str) -> str:
    """The text with single spaces and printable characters only."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
