"""Collectors: mailboxes on servers, with what was moved and deleted in them."""
