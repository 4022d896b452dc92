"""Service moderation: administrators' acts."""
