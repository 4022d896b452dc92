"""POST /account/export: request an archive of the caller's data."""

from exports import exports
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("exports")


@app.serve("POST /account/export", answer=exports.ExportShape, status=202, idempotent=True)
def request_export(request: Request) -> exports.ExportShape:
    """Request an export of the caller's data."""
    return exports.export_shape(exports.request_export(request.caller.user_id))
