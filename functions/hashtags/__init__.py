"""Service hashtags: the tags of posts, what is tagged, what is searched for and what trends."""
