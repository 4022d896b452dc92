"""DELETE /media/uploads/{upload_id}: delete an upload that nothing uses."""

from typing import TypedDict

from media.models import Upload
from media.uploads import find_upload
from shared.dynamodb.tables import ConditionFailed, conditions
from shared.errors import UploadInUse
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("media")


class Deleted(TypedDict):
    """Confirms the deletion."""

    message: str


@app.serve("DELETE /media/uploads/{upload_id}", answer=Deleted)
def delete_upload(request: Request) -> Deleted:
    """Delete an upload. Its files are removed soon afterwards."""
    upload = find_upload(request.path["upload_id"], request.caller.user_id)
    try:
        with conditions():
            upload.delete(condition=Upload.post_id.does_not_exist() & Upload.expires_at.exists())
    except ConditionFailed as error:
        find_upload(upload.upload_id, upload.owner_id)  # unless it was deleted just now
        raise UploadInUse from error
    return {"message": "Upload deleted"}
