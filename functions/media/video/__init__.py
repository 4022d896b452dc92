"""Video: what its bytes are, and the renditions and playlists that are served.

Library: `colours` (of the upload and of the rungs), `completeness` (has the file its end),
  `durations` (limits in whole seconds), `ffmpeg` (running it with limits),
  `hls` (playlists), `hybrid_mp4` (files for browsers and HLS), `ladder` (the rungs of a video),
  `mp4_boxes` (parsing and encoding), `mp4_fragments` (cuts and their indexes),
  `mp4_tracks` (samples), `previews` (animated previews), `probe` (what an upload is),
  `rendering` (all renditions of a video)
"""
