"""Images: what their bytes are, and the renditions that are served.

Library: `blurhashes` (placeholders), `containers` (parts of image files),
  `decoding` (pixels, orientation, colours), `icc_profiles` (colour profiles without texts),
  `metadata` (its removal), `originals` (the original without metadata),
  `rendering` (all renditions of a picture)
"""
