"""Driver numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("M", "«MORGA657054SM9IJ»"),
    ("H", "driving licence «MORGA 657054 SM9IJ»"),
    ("H", "Driving licence number: «EXAMP801026AB9CD 35»"),
    ("H", "licence no «ng999801026ab9cd»"),
    ("", "driving licence EXAMP841326AB9CD"),
    ("", "the licence costs 34"),
]
