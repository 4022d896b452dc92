"""Who calls, whether their session lives, and how often they may call."""
