"""Search: text becomes a `Query`, an engine answers it. `fields.py` is the table they share."""
