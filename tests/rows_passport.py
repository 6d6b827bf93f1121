"""Passport numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "Passport number: «925076473»"),
    ("H", "passport no. «AB1234567»"),
    ("H", "His British passport is «AB 123 4567»."),
    ("H", "Name\tPassport No\tExpiry\nAnn Example\t«925076473»\t01/02/2031\n"),
    ("", "Bring your passport. The booking number is 925076473."),
    ("", "AB1234567"),
    ("", "passport photos cost 12.50"),
    ("", "order 925076473 has shipped"),
]
