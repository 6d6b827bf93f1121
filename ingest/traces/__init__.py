"""Message traces: what Exchange, Microsoft 365, Google and Postfix say that they delivered."""
