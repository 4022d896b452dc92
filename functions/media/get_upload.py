"""GET /media/uploads/{upload_id}: the state of an upload."""

from media.shapes import UploadShape, upload_shape
from media.uploads import find_upload
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("media")


@app.serve("GET /media/uploads/{upload_id}", answer=UploadShape)
def get_upload(request: Request) -> UploadShape:
    """Get one of the caller's uploads: status, progress and, once it is ready, its files."""
    return upload_shape(find_upload(request.path["upload_id"], request.caller.user_id))
