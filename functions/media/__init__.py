"""Service media: uploads and their processing."""
