"""What files of mail look like: one format a module. `ingest.files` reads with them."""
