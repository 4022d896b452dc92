"""Chat: conversations, their messages, and the WebSocket.

Tables: `conversations`, `inbox`, `messages`, `sent-messages`
Publishes: `conversation.read`, `message.deleted`, `message.received`, `message.sent`
Consumes: `user.erased`
Library: `blocked_members` (who blocks whom), `bodies` (request bodies and frames), `connections`
  (open sockets), `conversation_views` (with all they show), `erased_members` (erasing a member),
  `event_log` (replaying missed frames), `exchanges` (a frame and its answer), `group_changes`
  (changing a group), `group_clean_up` (emptying one), `group_pictures` (their uploads), `groups`
  (what members may do), `handshakes` (Socket.IO), `inbox` (counting members' rows), `inbox_rebuild`
  (from their messages), `inbox_rows` (making them), `message_contents` (what a message carries),
  `message_delivery` (writing and pushing one), `message_frames` (their ids and data),
  `message_history` (the latest), `message_log` (logging them from the stream), `message_pages` (of
  visible ones), `message_permissions` (who may write to whom), `message_removal` (of one message),
  `message_views` (messages with all they show), `models` (tables), `personal_data` (the export),
  `presence` (who is online), `public` (for other services), `reactions` (one of each member),
  `read_positions` (how far one has read), `recipients` (who gets frames), `replayed_frames` (logged
  frames as they are now), `room_frames` (those of conversations), `room_presence` (who is in a
  room), `rooms` (finding a conversation), `shapes` (JSON shapes), `socket_io` (packets),
  `visible_messages` (finding one by its id), `websocket` (handlers of frames)
"""
