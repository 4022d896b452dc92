"""GET /config: what a client needs to know about this deployment."""

from typing import Literal, TypedDict

from shared.config import config
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("web")


class Features(TypedDict):
    google_login: bool
    captcha: bool
    ai: bool


class Settings(TypedDict):
    version: str
    websocket_url: str
    email_verification: Literal["required", "optional"]
    features: Features
    limits: dict[str, int | list[str]]


@app.serve("GET /config", auth="none", tier="public", answer=Settings)
def get_config(request: Request) -> Settings:
    """Describe this deployment to a client."""
    return {
        "version": config.version,
        "websocket_url": config.websocket_url,
        "email_verification": "required" if config.verification_required else "optional",
        "features": {
            "google_login": bool(config.google_client_id),
            "captcha": config.captcha_required,
            "ai": bool(config.ai_model),
        },
        "limits": config.limits.to_public(),
    }
