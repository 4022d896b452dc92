"""Service chat: conversations and sockets."""
