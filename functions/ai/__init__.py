"""AI: what a model can say about pictures.

Tables: `alt-texts`
Publishes: `alt_text.suggested`
Consumes: `media.ready`, `user.erased`
Library: `assistant` (the model, by Amazon Bedrock), `models` (the table),
  `pictures` (descriptions of pictures, stored for a week)
"""
