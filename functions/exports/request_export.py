"""POST /account/export: ask for an archive of all that is the caller's own."""

from exports.exports import ExportShape, ask, export_shape
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("users")


@app.serve("POST /account/export", answer=ExportShape, status=202, idempotent=True)
def request_export(request: Request) -> ExportShape:
    """Ask for an export of one's data."""
    return export_shape(ask(request.caller.user_id))
