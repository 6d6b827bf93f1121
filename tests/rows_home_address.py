"""Addresses where somebody lives: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("L", "«12 Acacia Avenue, Larkmere, LM1 2AB»"),
    ("H", "He lives at «12 Acacia Avenue, Larkmere, LM1 2AB»."),
    ("H", "Home address: «Flat 3, 4 Old Mill Road\nLarkmere\nLM1 2AB»"),
    ("H", "postcode: «LM1 2AB»"),
    ("HH", "Name,Postcode\nAnn Example,«LM1 2AB»\nBob Example,«LM12 3AD»\n"),
    ("L", "«LM1 2AB»"),
    ("L", "Larkmere School, 12 Acacia Avenue, Larkmere, «LM1 2AB»"),
    ("", "12 pupils on the road to Larkmere"),
]
