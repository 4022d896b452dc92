"""Pictures: what their bytes are, and the variants that are served."""
