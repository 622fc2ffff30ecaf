"""Ordinary mail: customers, suppliers, colleagues of other houses, machines that one asked for."""

from lazaretto.demo import files
from lazaretto.demo.sample import ACCOUNTS, ANA, JONAS, MEI, OFFICE, File, Sample
from lazaretto.model.disposition import Disposition

NONE = Disposition.NONE

_INVITE = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//harbour-books//EN\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:berth-plan-7@harbour-books.example\r
DTSTAMP:20260102T090000Z\r
DTSTART:20260120T130000Z\r
DTEND:20260120T133000Z\r
SUMMARY:Berth plan for February\r
END:VEVENT\r
END:VCALENDAR\r
"""

SAMPLES = (
    Sample(
        name="clean-shelf",
        meant=NONE,
        sender="Ruth Okafor <ruth@harbour-books.example>",
        subject="Shelf for the harbour maps",
        to=(ANA,),
        text=(
            "Hello Ana,\n\nthe carpenter measured the wall this morning.\n"
            "The shelf fits if we move the door of the map room by two hands.\n"
            "Shall we meet on Thursday to look at it together?\n\nRuth\n"
        ),
        signed_by="harbour-books.example",
    ),
    Sample(
        name="clean-invite",
        meant=NONE,
        sender="Ruth Okafor <ruth@harbour-books.example>",
        subject="Berth plan for February",
        to=(ANA, JONAS),
        text="The usual half hour about the berth plan. The agenda follows on Monday.\n",
        files=(File("invite.ics", "text/calendar", _INVITE.encode()),),
        signed_by="harbour-books.example",
    ),
    Sample(
        name="clean-angebot",
        meant=NONE,
        sender="Jörg Brandt <brandt@nordlicht-logistik.example>",
        subject="Angebot für die Strecke Lübeck–Göteborg",
        to=(JONAS,),
        text=(
            "Guten Tag Herr Weber,\n\nanbei unser Angebot für zwölf Container ab Lübeck.\n"
            "Die Überfahrt dauert vierzehn Stunden, die Preise gelten bis Ende des Quartals.\n\n"
            "Mit freundlichen Grüßen\nJörg Brandt\n"
        ),
        files=(File("Angebot Göteborg.pdf", "application/pdf", files.pdf("Angebot 12 Container")),),
        signed_by="nordlicht-logistik.example",
    ),
    Sample(
        name="clean-devis",
        meant=NONE,
        sender="Hélène Marchand <helene@atelier-lumiere.example>",
        subject="Re: Éclairage du quai numéro trois",
        to=(OFFICE,),
        text=(
            "Bonjour,\n\nmerci pour les mesures. Les lampes arrivent la semaine prochaine,\n"
            "et l'électricien passera mardi matin.\n\nBien à vous,\nHélène\n"
        ),
        headers=(("In-Reply-To", "<quai3@meridian.example>"), ("References", "<quai3@meridian.example>")),
        charset="iso-8859-1",
        signed_by="atelier-lumiere.example",
    ),
    Sample(
        name="clean-japanese",
        meant=NONE,
        sender="星野 健 <hoshino@kissaten-hoshi.example>",
        subject="来週の打ち合わせについて",
        to=(MEI,),
        text="田中様\n\nお世話になっております。\n来週の打ち合わせは水曜日の午後二時でよろしいでしょうか。\n\n星野\n",
        charset="iso-2022-jp",
        signed_by="kissaten-hoshi.example",
    ),
    Sample(
        name="clean-russian",
        meant=NONE,
        sender="Ирина Соколова <sokolova@volga-print.example>",
        subject="Каталог готов к печати",
        to=(OFFICE,),
        text="Добрый день!\n\nМакет каталога проверен, завтра начинаем печать.\nТираж будет у вас в пятницу.\n\nИрина\n",
        charset="koi8-r",
        signed_by="volga-print.example",
    ),
    Sample(
        name="clean-arabic",
        meant=NONE,
        sender="ليلى حداد <layla@cedar-freight.example>",
        subject="موعد وصول السفينة",
        to=(ANA,),
        text="مرحبا آنا،\n\nتصل السفينة إلى الميناء صباح يوم الأحد.\nسأرسل لك الأوراق غدا.\n\nليلى\n",
        signed_by="cedar-freight.example",
    ),
    Sample(
        name="clean-picture",
        meant=NONE,
        sender="Lucía Prats <lucia@sol-y-mar.example>",
        subject="Fotos del muelle nuevo",
        to=(ANA,),
        text="Hola Ana,\n\naquí tienes la primera foto del muelle. El sábado haré más.\n\nLucía\n",
        html=(
            "<p>Hola Ana,</p><p>aquí tienes la primera foto del muelle. El sábado haré más.</p>"
            '<p><img src="cid:muelle" alt="muelle" width="160" height="160"></p><p>Lucía</p>'
        ),
        files=(File("muelle.png", "image/png", files.png(40, 110, 160), content_id="muelle"),),
        signed_by="sol-y-mar.example",
    ),
    Sample(
        name="clean-minutes",
        meant=NONE,
        sender="Tom Alder <alder@port-council.example>",
        subject="Minutes of the port council",
        to=(OFFICE, ANA),
        text="Dear all,\n\nthe minutes of our last meeting are attached for your comments.\n\nTom Alder\n",
        files=(
            File(
                "minutes.docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                files.word("The council met at nine and approved the new dredging plan."),
            ),
        ),
        signed_by="port-council.example",
    ),
    Sample(
        name="clean-receipt",
        meant=NONE,
        sender="Quayside Coffee <receipts@quayside-coffee.example>",
        subject="Your receipt for order 20418",
        to=(ACCOUNTS,),
        text="Thank you for your order of twelve bags of coffee. The total was 96.00 EUR, paid by card.\n",
        html=(
            "<h1>Thank you</h1><p>Twelve bags of coffee, 96.00 EUR, paid by card.</p>"
            '<p><a href="https://quayside-coffee.example/orders/20418">See the order</a></p>'
        ),
        signed_by="quayside-coffee.example",
    ),
    Sample(
        name="clean-backup",
        meant=NONE,
        sender="Backup <backup@tidewater-hosting.example>",
        subject="Nightly backup finished",
        to=(OFFICE,),
        text="The backup of the map archive ended at 03:12. 41 files changed, none failed.\n",
        headers=(("Auto-Submitted", "auto-generated"),),
        signed_by="tidewater-hosting.example",
    ),
    Sample(
        name="clean-discussion",
        meant=NONE,
        sender="Pavel Novak <novak@tugboats.example>",
        subject="[tugboats] Re: Winter storage of ropes",
        to=("talk@lists.tugboats.example",),
        text="Dry them first, then hang them loosely.\n\n_______\ntalk mailing list\nhttps://lists.tugboats.example/talk\n",
        headers=(
            ("List-Id", "Tugboat talk <talk.lists.tugboats.example>"),
            ("List-Post", "<mailto:talk@lists.tugboats.example>"),
            ("List-Unsubscribe", "<mailto:talk-leave@lists.tugboats.example>"),
            ("Precedence", "list"),
        ),
        rcpt=(MEI,),
        mail_from="talk-bounces@lists.tugboats.example",
        signed_by="lists.tugboats.example",
    ),
)
