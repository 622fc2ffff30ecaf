"""Newsletters and offers that somebody subscribed to: not written to one person, and nobody is harmed."""

from lazaretto.demo.sample import ANA, JONAS, MEI, OFFICE, Sample
from lazaretto.model.disposition import Disposition

BULK = Disposition.BULK


def _list_headers(domain: str, name: str) -> tuple[tuple[str, str], ...]:
    return (
        ("List-Id", f"{name} <{name}.{domain}>"),
        ("List-Unsubscribe", f"<https://{domain}/leave?list={name}>, <mailto:leave@{domain}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    )


def _page(title: str, text: str, domain: str, leave: str) -> str:
    return (
        f"<html><body><h1>{title}</h1><p>{text}</p>"
        f'<p><a href="https://{domain}/news">{domain}</a></p>'
        f'<p style="font-size:11px"><a href="https://{domain}/leave">{leave}</a></p></body></html>'
    )


SAMPLES = (
    Sample(
        name="bulk-coffee",
        meant=BULK,
        sender="Quayside Coffee <news@quayside-coffee.example>",
        subject="This month: beans from the Yungas, and free shipping until Sunday",
        to=(OFFICE,),
        text="New this month: beans from the Yungas.\nUnsubscribe: https://quayside-coffee.example/leave\n",
        html=_page("New this month", "Beans from the Yungas.", "quayside-coffee.example", "Unsubscribe"),
        headers=_list_headers("quayside-coffee.example", "news"),
        signed_by="quayside-coffee.example",
    ),
    Sample(
        name="bulk-rabatt",
        meant=BULK,
        sender="Segelmacher Nord <aktuell@segelmacher-nord.example>",
        subject="Herbstangebote: 20 % auf alle Seesäcke",
        to=(JONAS,),
        text="Nur diese Woche: zwanzig Prozent auf alle Seesäcke.\nAbmelden: https://segelmacher-nord.example/leave\n",
        html=_page("Herbstangebote", "Zwanzig Prozent auf Seesäcke.", "segelmacher-nord.example", "Abmelden"),
        headers=_list_headers("segelmacher-nord.example", "aktuell"),
        signed_by="segelmacher-nord.example",
    ),
    Sample(
        name="bulk-ferry",
        meant=BULK,
        sender="Ferries du Détroit <infos@ferries-detroit.example>",
        subject="Les nouveaux horaires d'hiver, et dix pour cent sur les allers-retours",
        to=(MEI,),
        text="Les horaires d'hiver sont là.\nSe désabonner : https://ferries-detroit.example/leave\n",
        html=_page(
            "Horaires d'hiver", "Trois traversées par jour.", "ferries-detroit.example", "Se désabonner"
        ),
        headers=_list_headers("ferries-detroit.example", "infos"),
        signed_by="ferries-detroit.example",
    ),
    Sample(
        name="bulk-digest",
        meant=BULK,
        sender="Porto Notícias <boletim@porto-noticias.example>",
        subject="As cinco notícias da semana no porto",
        to=(ANA,),
        text="As cinco notícias da semana.\nCancelar: https://porto-noticias.example/leave\n",
        html=_page("As cinco notícias", "O novo cais abre em maio.", "porto-noticias.example", "Cancelar"),
        headers=_list_headers("porto-noticias.example", "boletim"),
        signed_by="porto-noticias.example",
    ),
    Sample(
        name="bulk-fair",
        meant=BULK,
        sender="Freight Fair <invite@freight-fair.example>",
        subject="Your ticket to the Freight Fair is waiting",
        to=(MEI, JONAS),
        text="Meet two hundred exhibitors in March.\nUnsubscribe: https://freight-fair.example/leave\n",
        html=_page("Freight Fair", "Two hundred exhibitors in March.", "freight-fair.example", "Unsubscribe"),
        headers=_list_headers("freight-fair.example", "invite"),
        signed_by="freight-fair.example",
    ),
)
