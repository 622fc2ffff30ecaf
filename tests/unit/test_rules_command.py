"""`lazaretto rules`: list, explain, test, and switch off for an account."""

import json

import pytest

from lazaretto.cli import main

RULE = (
    '[[rule]]\nid = "own_rule"\nkind = "spam"\nweight = 1.0\ntitle = "Own"\ntext = "Because."\n'
    'expression = "msg.words < 4"\n'
    '[[rule.match]]\nmessage = "From: a@b.example\\n\\nhi\\n"\n'
)


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.setenv("LAZARETTO_SERVER__DATA", str(tmp_path / "data"))


def test_list_and_explain(capsys):
    """All rules, and everything about one."""
    assert main(["rules", "list", "--json"]) == 0
    listed = {rule["id"]: rule for rule in json.loads(capsys.readouterr().out)}

    assert listed["robot_on_free_mail"]["tests"] == {"match": 1, "pass": 1}
    assert listed["robot_on_free_mail"]["file"] == "senders.toml"
    for rule in ("robot_on_free_mail", "lure_document", "lure_to_odd_place"):
        assert main(["rules", "explain", rule]) == 0
        assert listed[rule]["text"] in capsys.readouterr().out


def test_a_mistyped_rule_is_answered_with_the_nearest(capsys):
    """One sentence, exit code 1."""
    assert main(["rules", "explain", "lure_documnet"]) == 1
    assert "'lure_document'" in capsys.readouterr().err


def test_files_are_tested(tmp_path, capsys):
    """Good files pass; a failed test and a wrong file are told with file, line and column."""
    path = tmp_path / "own.toml"
    path.write_text(RULE)
    assert main(["rules", "test", str(path)]) == 0
    assert "1 of 1 tests of 1 rules passed" in capsys.readouterr().out

    path.write_text(RULE.replace("words < 4", "words > 4"))
    assert main(["rules", "test", str(tmp_path)]) == 1
    assert f"{path}:8:1: the rule own_rule does not speak" in capsys.readouterr().out

    path.write_text(RULE.replace("msg.words", "msg.wrods"))
    assert main(["rules", "test", str(path)]) == 1
    assert f"{path}:7:15: " in capsys.readouterr().out


def test_a_file_that_is_not_there(tmp_path, capsys):
    """One sentence."""
    assert main(["rules", "test", str(tmp_path / "none.toml")]) == 1
    assert main(["rules", "test", str(tmp_path)]) == 1
    assert "no rule files" in capsys.readouterr().err


def test_switch_off_and_on(capsys):
    """For the only account there is, and in its audit log."""
    assert main(["account", "add", "One"]) == 0
    assert main(["rules", "disable", "no_such_rule"]) == 1
    capsys.readouterr()
    for words, text in (
        (("disable",), "is off"), (("disable",), "was off already"), (("enable",), "is on"), (("enable",), "was on already")
    ):  # fmt: skip
        assert main(["rules", *words, "robot_on_free_mail"]) == 0
        assert text in capsys.readouterr().out
    assert main(["audit", "show", "--operation", "rules disable"]) == 0
    assert "rules disable" in capsys.readouterr().out
