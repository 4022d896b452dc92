"""What tests share: sample events, and AWS answered from memory."""
