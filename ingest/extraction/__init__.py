"""Text from attachments, read in a child process that has little to lose.

`ingest.attachments` starts `python -m ingest.extraction` and speaks `frames` with it. In reading
order: `__main__` (limits and the loop), `kinds` (what the bytes are), `extract` (who reads them,
and what is inside), `reading` and `budget` (what was found, and what it may cost), then the
readers: `plain`, `office`, `library`, `pictures`; and the openers: `archives`, `outlook`.
"""
