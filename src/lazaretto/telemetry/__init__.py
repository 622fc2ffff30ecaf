"""What runs tells about itself: counters for Prometheus and structured log lines."""
