"""Unsolicited offers: a nuisance, not an attack."""

from lazaretto.demo import files
from lazaretto.demo.sample import ANA, JONAS, MEI, OFFICE, Sample
from lazaretto.model.disposition import Disposition

SPAM = Disposition.SPAM

SAMPLES = (
    Sample(
        name="spam-gtube",
        meant=SPAM,
        sender="Filter test <test@filter-test.example>",
        subject="A test of the spam filter",
        to=(OFFICE,),
        text=f"This line is known to every spam filter:\n\n{files.gtube()}\n",
        client_ip="203.0.113.10",
    ),
    Sample(
        name="spam-pills",
        meant=SPAM,
        sender="Online Pharmacy <doctor@cheap-meds-direct.example>",
        subject="*** 80% OFF *** Viagra Cialis NO PRESCRIPTION needed!!!",
        to=(JONAS,),
        text=(
            "Dear friend,\n\nbuy cheap Viagra and Cialis from our online pharmacy, no prescription needed!\n"
            "100% satisfaction guaranteed, lowest price, limited time offer. Order now!!!\n"
            "http://cheap-meds-direct.example/order-now\n\nClick here to be removed.\n"
        ),
        client_ip="203.0.113.21",
        helo="localhost",
    ),
    Sample(
        name="spam-casino",
        meant=SPAM,
        sender="LUCKY STAR CASINO <win@luckystar-bonus.example>",
        subject="Congratulations, YOU WON 200 FREE SPINS and a $500 BONUS!!!",
        to=(ANA,),
        text=(
            "CONGRATULATIONS!!! You have been selected for 200 free spins and a $500 casino bonus.\n"
            "No deposit, risk free, act now, this offer expires today!!!\n"
            "http://luckystar-bonus.example/claim\n"
        ),
        client_ip="203.0.113.22",
        helo="user-203-0-113-22.dialup.example",
    ),
    Sample(
        name="spam-seo",
        meant=SPAM,
        sender="Kevin Rank <kevin.rank.seo@gmail.com>",
        subject="Cheap SEO packages!!! First page of Google GUARANTEED - 50% OFF",
        to=(OFFICE,),
        text=(
            "Hi there,\n\nSEO packages at the lowest price: first page of Google, guaranteed ranking, more traffic and sales!\n"
            "Web design, backlinks, bulk email lists of 5 million addresses, 50% OFF this week only!!!\n"
            "Buy now and get a free audit, 100% money back guarantee: http://seo-blast.example/buy-now\n\n"
            "If you do not want more offers reply REMOVE.\n"
        ),
        client_ip="203.0.113.23",
        helo="mail.seo-blast.example",
    ),
    Sample(
        name="spam-inheritance",
        meant=Disposition.SUSPICIOUS,
        sender="Barrister Edward Cole <ed.cole.chambers@yahoo.com>",
        subject="URGENT BUSINESS PROPOSAL: $12.5 MILLION INHERITANCE FUND",
        to=(MEI,),
        text=(
            "Dear Beneficiary,\n\nI am barrister Edward Cole, attorney to the late Engineer Tanaka, who died\n"
            "without next of kin and left the sum of $12,500,000.00 (twelve million five hundred thousand\n"
            "United States dollars) with a bank. I seek your consent to present you as the next of kin.\n"
            "Send your full name, address, telephone number and bank account for this confidential transaction,\n"
            "which is 100% risk free. You will get 40% of the fund.\n\nBarrister Edward Cole\n"
        ),
        headers=(("Reply-To", "edward.cole.private@outlook.com"),),
        client_ip="203.0.113.24",
    ),
    Sample(
        name="spam-crypto",
        meant=SPAM,
        sender="Bitcoin Profit <invest@coin-profit-24.example>",
        subject="Make $5,000 a day from home with Bitcoin!!!",
        to=(ANA, JONAS),
        text=(
            "Earn extra cash! Our members make money from home, $5,000 a day, guaranteed income with Bitcoin\n"
            "trading. No experience needed, double your investment in 7 days, 100% free sign up, act now!!!\n"
            "http://coin-profit-24.example/start\n\nThis is not spam. To be removed reply REMOVE.\n"
        ),
        client_ip="203.0.113.25",
        helo="203.0.113.25",
    ),
)
