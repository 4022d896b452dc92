"""GET /admin/newsletters/{newsletter_id}: a newsletter, and how far it was sent."""

from emails.models import Newsletter
from emails.newsletters import NewsletterShape, newsletter_shape
from shared.errors import NewsletterNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.ids import is_id

app = endpoint("emails")


@app.serve("GET /admin/newsletters/{newsletter_id}", auth="admin", answer=NewsletterShape)
def get_newsletter(request: Request) -> NewsletterShape:
    """Get a newsletter with its counts."""
    newsletter_id = request.path["newsletter_id"]
    found = Newsletter.find(newsletter_id, consistent=True) if is_id(newsletter_id) else None
    if found is None:
        raise NewsletterNotFound
    return newsletter_shape(found)
