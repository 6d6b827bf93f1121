"""Keys to services: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "«AKIAIOSFODNN7EXAMPLE»"),
    ("H", "token «ghp_0123456789abcdefghijABCDEFGHIJ012345»"),
    ("H", "«-----BEGIN RSA PRIVATE KEY-----»\nMIIE"),
    ("", "-----BEGIN PUBLIC KEY-----"),
    ("", "the sky is AKIA"),
    ("", "ghp_short"),
]
