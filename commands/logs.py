"""Logs of the commands that may log: one event a line on standard error."""

import logging
import sys


def log_to_stderr() -> None:
    """Log as text to a terminal, and as JSON where a program reads it."""
    import structlog

    logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # an outage is ours to report
    on_terminal = sys.stderr.isatty()
    render = structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
