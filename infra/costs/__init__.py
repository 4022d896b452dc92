"""What Hoshi costs on AWS: prices, a model of use, and the page docs/costs.md (`make costs`)."""
