"""Service notifications: what people are told."""
