"""Links to shared files: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All links are invented.
"""

ROWS = [
    ("L", "The minutes: «https://1drv.ms/w/s!Abc_def123»."),
    ("M", "Photos of the trip: «https://photos.app.goo.gl/AbCdEf»"),
    ("M", "The pupil list is at «https://larkmere.sharepoint.com/:x:/g/office/EaBc_d?e=12»"),
    ("M", "KS2 attainment: «https://drive.google.com/file/d/1aB_c-D/view?usp=sharing»"),
    ("L", "(«https://www.dropbox.com/scl/fi/abc/menu.pdf?rlkey=x»)"),
    ("L", "«https://we.tl/t-AbCd»"),
    ("", "https://larkmere.sharepoint.com/sites/office"),
    ("", "https://www.google.com/search?q=photos"),
    ("", "https://drive.google.com/"),
    ("", "dropbox.com is blocked"),
]
