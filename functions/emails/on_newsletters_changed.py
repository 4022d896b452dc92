"""The stream of newsletters: the jobs that send them, page by page."""

from emails.models import Newsletter
from emails.newsletters import follow_up
from shared.messaging.streams import stream

app = stream("emails")
app.react(Newsletter)(follow_up)
