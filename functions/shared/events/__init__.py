"""The events that services publish and consume, one module per topic, and their envelopes."""
