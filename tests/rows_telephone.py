"""Telephone numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("L", "Ring «01632 960123»"),
    ("L", "Tel: «(01632) 960 123»"),
    ("L", "«07700 900123»"),
    ("L", "«+44 7700 900123»"),
    ("L", "«+44 (0)20 7946 0123»"),
    ("L", "«020 7946 0123»"),
    ("L", "«+33 1 42 68 53 00»"),
    ("H", "my mobile is «07700 900123»"),
    ("H", "Mum's mobile: «07700900123»"),
    ("H", "Emergency contact «01632 960123»"),
    ("", "order 01632960123456"),
    ("", "The card 4111 1111 1111 1111"),
    ("", "12345678901"),
    ("", "NHS 999 759 5874"),
    ("", "0000 000 0000"),
]
