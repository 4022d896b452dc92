"""The costs of Hoshi on AWS: prices, a usage model, and the page docs/costs.md (`make costs`)."""
