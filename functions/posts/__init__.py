"""Service posts: posts, likes, comments."""
