"""What the detectors are tuned and measured with: text that we made ourselves, and its truth."""
