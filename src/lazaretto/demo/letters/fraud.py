"""Business email compromise: a person is impersonated to get money or data. No link, no attachment."""

from lazaretto.demo.sample import ACCOUNTS, ANA, JONAS, MEI, Sample
from lazaretto.model.disposition import Disposition

BEC = Disposition.MALICIOUS_BEC

SAMPLES = (
    Sample(
        name="bec-gift-cards",
        meant=BEC,
        sender='"Carla Mendes, CEO" <carla.mendes.ceo.office@gmail.com>',
        subject="Are you at your desk?",
        to=(ANA,),
        text=(
            "Ana,\n\nare you available? I am in a meeting and cannot talk, I need you to do something for me\n"
            "urgently and keep it confidential. I need you to buy gift cards for some clients, five Apple\n"
            "gift cards of 100 each. Scratch them and send me the codes. I will reimburse you today.\n\n"
            "Carla Mendes\nChief Executive Officer\nSent from my iPhone\n"
        ),
        client_ip="198.51.100.61",
    ),
    Sample(
        name="bec-bank-change",
        meant=BEC,
        sender="Jörg Brandt <brandt@nordlicht-logistlk.example>",
        subject="Re: Invoice 2026-118: change of bank details",
        to=(ACCOUNTS,),
        text=(
            "Good day,\n\nplease note that our bank account has changed. Kindly update our bank details and make the\n"
            "wire transfer for the outstanding invoice to the new account today. This is urgent and confidential,\n"
            "do not call the office, I am travelling. New IBAN: DE02 1203 0000 0000 2020 51.\n"
            "Please send me the payment confirmation once the transfer is done.\n\nJörg Brandt\n"
        ),
        headers=(("Reply-To", "j.brandt.accounts@outlook.com"),),
        client_ip="198.51.100.62",
    ),
    Sample(
        name="bec-payroll",
        meant=BEC,
        sender='"Jonas Weber" <jonas.weber.private77@gmail.com>',
        subject="Change of my direct deposit",
        to=(ACCOUNTS,),
        text=(
            "Hello,\n\nI changed my bank and need to update my direct deposit information before the next payroll.\n"
            "Can the change be effective for the current pay date? I will send you my new account details.\n\n"
            "Jonas Weber\n"
        ),
        client_ip="198.51.100.63",
    ),
    Sample(
        name="bec-wire",
        meant=BEC,
        sender='"Carla Mendes (CEO)" <ceo@executive-mobile-mail.example>',
        subject="Urgent wire transfer",
        to=(JONAS, MEI),
        text=(
            "Jonas,\n\nare you available? I need you to process an urgent wire transfer today for a confidential acquisition.\n"
            "Keep it confidential and do not discuss it with anyone, do not call me, I am in a meeting. Our vendor changed\n"
            "the bank account: I will send you the new bank details. Reply to my personal email only.\n\n"
            "Carla Mendes\nChief Executive Officer\nSent from my iPhone\n"
        ),
        headers=(("Reply-To", "carla.mendes.private@outlook.com"),),
        client_ip="198.51.100.64",
    ),
)
