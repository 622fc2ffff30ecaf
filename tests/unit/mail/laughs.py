"""A PDF whose page is drawn by forms within forms: a thousand bytes, and work without end."""


def laughing_pdf(levels: int, width: int) -> bytes:
    """Each form draws the next one so many times."""
    draw = b"/X Do " * width
    found = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw),
    ]
    for level in range(levels):
        content = draw if level < levels - 1 else b"0 0 m 600 700 l S"
        next_one = b"/Resources<</XObject<</X %d 0 R>>>>" % (len(found) + 2) if level < levels - 1 else b""
        found.append(
            b"<</Type/XObject/Subtype/Form/BBox[0 0 612 792]%s/Length %d>>stream\n%s\nendstream"
            % (next_one, len(content), content)
        )
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(found, 1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(found) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (len(found) + 1, start)
