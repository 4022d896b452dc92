"""AWS: clients, request signing, DynamoDB's wire format, signed media URLs."""
