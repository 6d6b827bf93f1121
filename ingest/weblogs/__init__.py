"""Web-filter and proxy logs (clause 5.5): found, read line by line, and archived in batches."""
