"""Films: what their bytes are, and the renditions and playlists that are served."""
