"""AI: what a model can say about pictures and captions, and what is said without one.

Tables: `alt-texts`, `summaries`
Publishes: `alt_text.suggested`
Consumes: `media.ready`, `user.erased`
Library: `assistant` (the model, by Amazon Bedrock), `captions` (suggested ones), `extracts` (the
  sentences that say most), `lexrank` (ranks sentences), `models` (tables), `personal_data`
  (exports), `phrases` (templates by language and tone), `pictures` (descriptions, stored for a
  week), `public` (what other services may import), `sentences` (where they end, in any language),
  `subjects` (what a caption is about), `summaries` (stored for a week), `tags` (three for a
  caption)
"""
