"""NHS numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All numbers are invented.
"""

ROWS = [
    ("H", "NHS number: «999 759 5874»"),
    ("H", "Please find Tom's NHS number, which is «999-163-1178», for the trip form."),
    ("H", "NHS No «9998379881»"),
    ("H", "«999 363 5014» is her NHS number"),
    ("H", "He was seen today («999 109 2765», NHS)."),
    ("H", "NHS Number\n\n«999 464 7997»\n"),
    ("H", "patient no. «999 841 8712»"),
    ("HH", "NHS numbers «999 804 5827» and «999 836 8197»"),
    (
        "HHH",
        (
            "NHS numbers:\n"
            "- Ann Example: «999 759 5874»\n"
            "- Bob Example: «999 163 1178»\n"
            "- Cat Example: «9998379881»"
        ),
    ),
    ("HH", ("Name\tNHS No\tDOB\nAnn\t«9997595874»\t01/02/2012\nBob\t«9991631178»\t03/04/2012\n")),
    (
        "HH",
        (
            '"Surname","NHSNumber","Mobile"\n'
            '"Example, Ann","«9997595874»","07700900123"\n'
            '"Other","«9991631178»","07700900124"\n'
        ),
    ),
    ("H", "| Pupil | NHS |\n|---|---|\n| Ann Example | «999 759 5874» |\n"),
    ("H", ("Name            NHS number      Year\nAnn Example     «999 759 5874»    Y7\n")),
    ("H", '{"nhsNumber": "«9997595874»"}'),
    ("H", "<nhs_number>«9997595874»</nhs_number>"),
    ("H", "attached: nhs_«9997595874»_letter.pdf"),
    ("H", "nhs no: «999 759 5874» 12/03/2011 Ann Example"),
    ("M", "NHS no «9 9 9 7 5 9 5 8 7 4»"),
    ("H", "DOB 01/02/2010, address 1 Example Road, GP Dr Other, NHS «999 759 5874»"),
    ("H", "NHS number: «９９９ 759 5874»"),
    ("H", "NHS number: «999\u200b 759\u00a05874»"),
    ("M", "Ann Example («999 759 5874») has asthma and brings an inhaler."),
    ("M", "The patient, «9997595874», was discharged on Friday."),
    ("M", "GP surgery: Elm Road. Please quote «999 759 5874»."),
    ("M", "Ann Example, date of birth 01/02/2010, «999 759 5874»"),
    ("L", "«999 759 5874»"),
    ("L", "Ann Example «9997595874»"),
    ("", "NHS number 999 759 5875"),
    ("", "NHS number 999 999 9999, or 000 000 0000 as a placeholder"),
    ("", "Order number 9997595874"),
    ("", "Your parcel: tracking 9997595874"),
    ("", "Call the NHS line on 0300 123 4567"),
    ("", "phone 999 759 5874"),
    ("", "ULN 9997595874"),
    ("", "ULN: 9997595874 UPN: B801200005001"),
    ("", "UTR 9997595874, VAT 999 7595 87"),
    ("", "Name,ULN,Year\nAnn Example,9997595874,7\nBob Example,9991631178,8\n"),
    ("", "Meeting ID: 999 759 5874\nPasscode: 123456"),
    ("", "https://meet.example/j/9997595874"),
    ("", "+44 999 759 5874"),
    ("", "ISBN 999-759-587-4 and 9997595874.50 pounds, £9997595874"),
    ("", "id 12-999-759-5874 and 9997595874-01 and x9997595874"),
    ("", "1.9997595874"),
    ("", "Student number\n9997595874\n"),
    ("", "9997595874 is the invoice number"),
    ("", "Message-ID: <9997595874@mail.example>"),
    ("M", "her NHS number is «999 759\n5874»"),
    ("H", "the lad's number is «999 759 5874» (NHS). Ring 07700 900123."),
    ("", "Fax: 999 759 5874 NHS Trust"),
    ("M", "New patient registration «9997595874»"),
    ("", "0123456789 and 0055512305"),
    ("", "Columns:\n9997595875\n9997595876\n"),
    ("M", "When you ring the surgery, quote «999 759 5874»"),
    ("", "Please call us on 999 759 5874"),
    ("MM", ("1. Ann Example, «999 759 5874», asthma\n2. Bob Example, «999 163 1178», allergy\n")),
]
