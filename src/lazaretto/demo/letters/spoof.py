"""Mail that claims a sender whom authentication denies."""

from lazaretto.demo.sample import ACCOUNTS, ANA, JONAS, OFFICE, OWN_DOMAIN, Sample
from lazaretto.model.disposition import Disposition

SPOOF = Disposition.SPOOF

SAMPLES = (
    Sample(
        name="spoof-own",
        meant=SPOOF,
        sender=f"Reception <reception@{OWN_DOMAIN}>",
        subject="Parcel at the front desk",
        to=(ANA,),
        text="Dear user,\n\na parcel is waiting for you. Please verify your account today, else it goes back to the sender.\n",
        client_ip="203.0.113.31",
        helo="vps31.cheap-servers.example",
    ),
    Sample(
        name="spoof-own-scan",
        meant=SPOOF,
        sender=f"Scanner 2nd floor <scanner@{OWN_DOMAIN}>",
        subject="Scanned page",
        to=(JONAS,),
        text="Dear user,\n\none page was scanned for you. Verify your account to see it: http://scan.cheap-servers.example/page\n",
        client_ip="203.0.113.32",
        helo="vps32.cheap-servers.example",
    ),
    Sample(
        name="spoof-bank",
        meant=SPOOF,
        sender="Tidal Savings Bank <statements@tidal-savings.example>",
        subject="Your statement for this quarter",
        to=(ACCOUNTS,),
        text="Dear customer,\n\nyour statement is ready. Please confirm your account urgently: the old number ends today.\n",
        client_ip="203.0.113.33",
        helo="vps33.cheap-servers.example",
    ),
    Sample(
        name="spoof-council",
        meant=SPOOF,
        sender="Tom Alder <alder@port-council.example>",
        subject="New opening hours",
        to=(OFFICE,),
        text="Dear user,\n\nthe office has new opening hours. Please verify your account urgently to keep your access.\n",
        client_ip="203.0.113.34",
        helo="vps34.cheap-servers.example",
    ),
)
