"""Unique Taxpayer References: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "UTR «1955839661»"),
    ("H", "My unique taxpayer reference is «19558 39661»"),
    ("H", "tax reference: «1123456789K»"),
    ("", "UTR 2955839661"),
    ("", "invoice no 1955839661"),
    ("", "1955839661"),
]
