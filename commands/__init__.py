"""The commands: each parses, makes one call into a room, and prints what came back."""
