"""Fuzzing of what reads mail: `properties` hold of all bytes; `run` seeks some that break them."""
