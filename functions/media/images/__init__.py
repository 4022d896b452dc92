"""Images: what their bytes are, and the renditions that are served.

Library: `blurhashes` (placeholders), `code_points` (colours by numbers, and HDR),
  `colours` (what a file declares, and its conversion), `containers` (parts of image files),
  `decoding` (pixels and orientation), `fidelity` (does the cut file show what was uploaded),
  `heif_boxes` (colours and size of HEIC and AVIF), `icc_profiles` (colour profiles without texts),
  `metadata` (its removal), `originals` (the original without metadata),
  `rendering` (all renditions of a picture)
"""
