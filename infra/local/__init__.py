"""The local stack: start, deploy to, seed and stop it."""
