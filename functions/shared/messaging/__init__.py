"""Lambda handlers of DynamoDB streams and SQS queues."""
