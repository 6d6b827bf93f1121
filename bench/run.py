"""Every benchmark, one after the other."""

from bench import accept, throughput


def main() -> None:
    """Print the figures of each."""
    throughput.main()
    accept.main(None)


if __name__ == "__main__":
    main()
