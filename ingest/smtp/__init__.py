"""What the listener is made of, apart from the dialogue itself."""
