"""Bank accounts: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All numbers are invented.
"""

ROWS = [
    ("H", "Sort code: «20-45-53\nAccount number: 41234567»"),
    ("H", "sort code «20 45 53, account 41234567»"),
    ("H", "Sort code «204553 account no 41234567»"),
    ("H", "Account no. «41234567, sort code 20-45-53»"),
    ("H", "a/c «41234567 s/c 20-45-53»"),
    ("H", "Bank details: Mrs A Example, Sort Code «20-45-53, Acc No 41234567»"),
    ("H", "Sort code and account number: «20-45-53 41234567»"),
    ("HH", ("Name\tSort code\tAccount\nAnn\t«20-45-53\t41234567»\nBob\t«20-45-54\t51234567»\n")),
    ("H", "Payee,Account Number,Sort Code\nAnn Example,«41234567,204553»\n"),
    ("H", "sort code «12-03-24, account number 41234567»"),
    ("H", "Sort code: «20.45.53 Account: 41234567»"),
    ("H", "Sort code «20–45–53 account number 4123 4567»"),
    (
        "H",
        ("Account name: A Example\nSort code: «20-45-53\nAccount number: 41234567»\nRef: 87654321"),
    ),
    (
        "H",
        (
            "Account number: «41234567\n"
            "Account name: Mrs A Example\n"
            "Bank: Barclays\n"
            "Sort code: 20-45-53»"
        ),
    ),
    ("H", "Sort code: «20-\u200b45-53\nAccount: 41234567»"),
    ("M", "Please pay by BACS to «20-45-53 41234567»"),
    ("M", "HSBC, «40-45-53, 41234567»"),
    ("M", "Account «41234567, 20-45-53»"),
    ("M", "my bank details are «20 45 53 41234567»"),
    ("M", "refund to «20-45-53 / 41234567» please"),
    ("L", "«20-45-53 41234567»"),
    ("", "12-03-24 41234567"),
    ("", "Account number 41234567 was opened on 12-03-24"),
    ("", "Account number 41234567"),
    ("", "Sort code 20-45-53"),
    ("", "invoice 41234567 dated 20-11-24, payment due"),
    ("", "payment due 03-12-24, customer account 41234567"),
    ("", "sort code 20-45-53, payment ref 41234567"),
    ("", "phone 01 23 45 67 89, fax 01 23 45 67 90"),
    ("", "On 22-11-02 at 20021122 the bank closed"),
    ("", "paid 20-45-53 on 20240312"),
    ("", "bank holiday 25-12-23 to 26-12-23, call 01234567"),
    ("", "room 20 45 53 and asset 41234567"),
    ("", "order 41234567, part 20-45-53"),
    ("", "sort code 20-45-533 account 41234567"),
    ("", "sort code 20-45-53-12 account 412345678"),
    ("", "GB82 WEST 1234 5698 7654 33"),
    ("", "GB82 is a postcode area, EC1A 1BB 12345678"),
    ("", "bank 51.204553, -0.41234567"),
    ("", "the pay scale runs from 204553 to 41234567 on the bank's books"),
    ("", "Candidate 1234, centre 20-45-53, ULN 41234567"),
    ("M", "NI is JX 12 34 56 D, born 14/03/1985, banks with Lloyds «30-94-55 / 41234567»."),
    ("", "JX 12 34 56 D, account number 41234567"),
    ("H", "sc «204553 ac 41234567»"),
    ("", "Lloyds Bank 30-00-00 00000000"),
    ("", "Trip ref 20-45-53 is in account 41234567"),
    ("", "12 34 56 12345678"),
    ("", "EPOS 20240312-104553-41234567"),
    ("M", "My new bank details are:\nMrs A Example\n«20-45-53\n41234567»"),
    ("H", "sortcode=«204553&account=41234567»"),
    ("H", '"sort_code": "«20-45-53", "account_number": "41234567»"'),
    ("LL", "«20-45-53,41234567»;«20-45-54,51234567»;"),
    (
        "HMM",
        ("sort codes and accounts: «20-45-53 41234567» «20-45-54 51234567» «20-45-55 61234567»"),
    ),
    ("", "GB82WEST12345698765432A"),
]
