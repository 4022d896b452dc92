"""AWS: clients, faster calls, signed media URLs.

Library: `clients` (botocore clients, created once), `fast_dynamodb` (faster calls with the pinned
  botocore), `media_urls` (signed URLs of media), `sigv4` (the key that signs both)
"""
