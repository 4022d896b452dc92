"""Service ai: what a model can say of posts and pictures."""
