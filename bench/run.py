"""Every benchmark, one after the other, and one table of them all.

python -P -m bench.run [RECORDS]    searches are measured at up to so many records
"""

import os
import sys

from bench import accept, elastic, notmuch, search, throughput
from bench.table import show


def main(records: int) -> None:
    """Print the figures of each as they come, and all of them at the end."""
    rows = [
        *throughput.main(),
        *accept.main(None),
        *elastic.main(),
        *search.main(records),
        *notmuch.main(),
    ]
    show(rows)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else search.USUAL)
