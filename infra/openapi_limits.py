"""Limits in the OpenAPI document: the rates of the tiers, and what `GET /config` reports."""

from typing import TYPE_CHECKING, Any

from shared.limits import ALL_LIMITS, Limit, Limits, Number

if TYPE_CHECKING:
    from shared.http.requests import Tier

TIERS: dict["Tier", str] = {
    "sensitive": f"{Limits.rate_sensitive.default} calls an hour for an IP address and for an "
    "account, in this endpoint alone.",
    "registration": f"{Limits.rate_registration.default} calls an hour for an IP address and "
    f"{Limits.rate_sensitive.default} for an account, in this endpoint alone.",
    "refresh": f"{Limits.rate_refresh.default} calls an hour for an IP address.",
    "user": f"{Limits.rate_user.default} calls an hour for a user, over all endpoints of this "
    "tier.",
    "public": f"{Limits.rate_public.default} calls an hour for an IP address, over all endpoints "
    "of this tier.",
    "signed": "The link is signed, and calls are not counted.",
}


def limits_schema() -> dict[str, Any]:
    """The schema of the limits that `GET /config` reports."""
    properties = {each.parameter: _schema(each) for each in ALL_LIMITS if each.is_public}
    return {
        "type": "object",
        "description": "The limits of this deployment, by the names of their parameters.",
        "required": list(properties),
        "properties": properties,
    }


def _schema(limit: Limit[Any]) -> dict[str, Any]:
    if isinstance(limit, Number):
        default = f"{limit.default:,} {limit.unit}".strip()
        return {"type": "integer", "description": f"{limit.sentence} Default: {default}."}
    choices = {"type": "string", "enum": list(limit.default)}
    return {"type": "array", "items": choices, "description": limit.sentence}
