"""GET /account/export: the status of the caller's export, and its link while it is valid."""

from exports.exports import ExportShape, export_shape
from exports.models import Export
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("exports")


@app.serve("GET /account/export", answer=ExportShape)
def get_export(request: Request) -> ExportShape:
    """Show the export of the caller's data."""
    return export_shape(Export.find(request.caller.user_id, consistent=True))
