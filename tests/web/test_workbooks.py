"""`/api/workbook`: what the command shows and writes, over HTTP."""

import io
import zipfile

import openpyxl
import pytest

ROWS = [
    ["Name", "Amount", "Status"],
    ["a", 500, "open"],
    ["b", 1500, "open"],
    ["c", 2500, "paid"],
    ["d", None, "open"],
]
RULE = "AND(GreaterThan(c[1], 1000), TextEquals(c[2], open))"


@pytest.fixture(scope="module")
def book():
    made = openpyxl.Workbook()
    made.active.title = "Orders"
    for row in ROWS:
        made.active.append(row)
    made.create_sheet("Empty")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def post(server):
    def send(path, content, name="book.xlsx", **fields):
        parts = [
            (f'name="{field}"', one.encode())
            for field, value in fields.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        parts.append((f'name="book"; filename="{name}"', content))
        start = b"--xx\r\nContent-Disposition: form-data; "
        body = b"".join(start + head.encode() + b"\r\n\r\n" + one + b"\r\n" for head, one in parts)
        kind = "multipart/form-data; boundary=xx"
        return server.ask("POST", f"/api/workbook/{path}", body + b"--xx--\r\n", Content_Type=kind)

    return send


def test_a_preview_tells_which_cells_each_rule_colours(post, book):
    rules = ["GreaterThan(c[1], 1000)", RULE, "DataBar(c[1])", "GreaterThan(c[9], 1)"]
    body = post("preview", book, rule=rules).json
    assert (body["version"], body["sheet"], body["sheets"]) == (1, "Orders", ["Orders", "Empty"])
    assert (body["range"], body["whole_rows"]) == ("A2:C5", False)
    assert body["columns"][1] == {"name": "Amount", "letters": "B", "type": "number"}
    assert body["rows"][:2] == [["a", "500", "open"], ["b", "1500", "open"]]
    assert [one["cells"] for one in body["candidates"][:2]] == [["B3:B4"], ["B3:C3"]]
    assert body["candidates"][2]["shades"]
    assert body["disagreement"]
    assert [one["rule"] for one in body["refused"]] == ["GreaterThan(c[9], 1)"]


def test_a_sentence_is_put_to_the_model_with_the_header(post, book):
    body = post("preview", book, utterance="rows where Amount is high", samples="2", steps="1").json
    assert body["whole_rows"] is True
    # An untrained model writes nothing that parses: all of it is refused, with a reason.
    assert [one["reason"] for one in body["refused"]]


def test_an_applied_rule_is_in_the_workbook_that_comes_back(post, book):
    answer = post("apply", book, 'my "böok.xlsx', rule=RULE, style="red,bold", whole_rows="true")
    assert answer.status == 200
    assert answer.headers["content-disposition"].endswith('_b_ok.codefusion.xlsx"')
    (formatting,) = openpyxl.load_workbook(io.BytesIO(answer.content))[
        "Orders"
    ].conditional_formatting
    assert str(formatting.sqref) == "A2:C5"
    (rule,) = formatting.rules
    assert rule.formula == ['AND(IF(ISNUMBER($B2),$B2>1000),$C2="open")']
    assert rule.dxf.font.b


def test_what_cannot_be_read_or_written_is_told_in_one_sentence(post, book):
    wrong = [
        (post("preview", b"PK broken", rule=RULE), "'book.xlsx' is broken"),
        (post("preview", b"text", rule=RULE), "'book.xlsx' is no workbook"),
        (post("preview", book, "book.pdf", rule=RULE), "give an .xlsx or .xlsm"),
        (post("preview", book), "say what to highlight"),
        (post("preview", book, rule=RULE, utterance="x"), "not both"),
        (post("preview", book, rule=RULE, sheet="Ordres"), "did you mean 'orders'?"),
        (post("preview", book, rule=RULE, sheet="Empty"), "is empty"),
        (post("preview", book, rule=RULE, range="Z"), "Z"),
        (post("preview", book, utterance="x", n="0"), "n: "),
        (post("apply", book, rule="GreaterThan(c[9], 1)"), "can't write"),
        (post("apply", book, rule=RULE, style="pink"), "unknown style"),
    ]
    for answer, says in wrong:
        assert answer.status == 400, says
        assert says in answer.error["message"]
        assert "/tmp" not in answer.error["message"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(post, book):
    stream = io.BytesIO(book)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"\0" * (60 << 20))
    assert len(stream.getvalue()) < 1 << 20
    answer = post("preview", stream.getvalue(), rule=RULE)
    assert answer.status == 400
    assert "unpacked" in answer.error["message"]


def test_a_workbook_over_the_limit_is_refused(post):
    assert post("preview", b"P" * (6 << 20), rule=RULE).status == 413
