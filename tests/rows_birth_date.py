"""Dates of birth: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "DOB: «12/03/2011»"),
    ("H", "D.O.B. «12.03.11»"),
    ("H", "date of birth «12 March 2011»"),
    ("H", "She was born on the «12th of March 2011» in Leeds."),
    ("H", "born «2011-03-12»"),
    ("H", "Birthday: «3 Sept 2014»"),
    ("HH", "Name,DOB,Class\nAnn Example,«12/03/2011»,5A\nBob Example,«01/12/2010»,5A\n"),
    ("H", "DoB - «March 12, 2011»"),
    ("", "The trip is on 12/03/2026."),
    ("", "DOB: 42/13/2011"),
    ("", "The form asks for a date of birth."),
    ("", "born in 2011"),
    ("", "DOB: 12/03/2099"),
]
