"""Settings: every key is known and of its kind, or the sentence names the place."""

import dataclasses
from pathlib import Path

import pytest

from lazaretto.settings import Settings, SettingsError, load_settings
from lazaretto.settings.page import as_table, markdown, without_password

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def load(tmp_path, text: str, **environ: str) -> Settings:
    path = tmp_path / "lazaretto.toml"
    path.write_text(text)
    return load_settings(path, environ)


def test_defaults():
    """Without file and environment everything has its default, and other variables do not matter."""
    assert Settings() == load_settings(None, {"LAZARETTO_SHARED": "x", "HOME": "/"})


def test_file(tmp_path):
    """Values of each kind; a relative data folder lies beside the file."""
    settings = load(
        tmp_path,
        '[server]\ndata = "d"\n[http]\nport = 81\n[dns]\nservers = ["192.0.2.1"]\ntimeout = 1\noffline = true\n'
        '[log]\nlevel = "debug"\n[relay]\nretry_waits = [1, 2]\n',
    )

    assert tmp_path / "d" == settings.data_folder
    assert f"sqlite:///{tmp_path}/d/lazaretto.db" == settings.store_url
    assert 81 == settings.http.port
    assert (("192.0.2.1",), 1.0, True) == (settings.dns.servers, settings.dns.timeout, settings.dns.offline)
    assert ("debug", (1, 2)) == (settings.log.level, settings.relay.retry_waits)


def test_environment_wins(tmp_path):
    """A variable stands above the file; lists may be written with commas or as in TOML."""
    settings = load(
        tmp_path,
        "[http]\nport = 81\n",
        LAZARETTO_HTTP__PORT="82",
        LAZARETTO_DNS__SERVERS="192.0.2.1, 192.0.2.2",
        LAZARETTO_RELAY__RETRY_WAITS="[5,6]",
        LAZARETTO_DNS__OFFLINE="true",
        LAZARETTO_SERVER__HOSTNAME="mx.example",
    )

    assert 82 == settings.http.port
    assert ("192.0.2.1", "192.0.2.2") == settings.dns.servers
    assert (5, 6) == settings.relay.retry_waits
    assert settings.dns.offline
    assert "mx.example" == settings.hostname


def test_file_from_environment(tmp_path):
    """LAZARETTO_CONFIG names the file where the command line does not."""
    path = tmp_path / "x.toml"
    path.write_text("[smtp]\nport = 26\n")

    assert 26 == load_settings(None, {"LAZARETTO_CONFIG": str(path)}).smtp.port


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[htpp]\n", "'htpp' is not a known section; did you mean 'http'?"),
        ("[http]\nprot = 1\n", "'prot' is not a known key of [http]; did you mean 'port'?"),
        ("[http]\nzzzzzz = 1\n", "known are host, port, max_connections, open_raw_for_benign, rate_limit,"),
        ("http = 1\n", "[http] must be a section with keys"),
        ('[http]\nport = "81"\n', "http.port must be a whole number, not '81'."),
        ("[http]\nport = true\n", "http.port must be a whole number, not True."),
        ("[http]\nport = 70000\n", "http.port must be at most 65535, not 70000."),
        ("[smtp]\nmax_errors = 0\n", "smtp.max_errors must be at least 1, not 0."),
        ("[relay]\nretry_waits = [0]\n", "relay.retry_waits must be at least 1, not 0."),
        ('[relay]\nretry_waits = ["a"]\n', "relay.retry_waits[0] must be a whole number, not 'a'."),
        ("[dns]\nservers = 1\n", "dns.servers must be a list, not 1."),
        ('[log]\nlevel = "loud"\n', "log.level must be one of debug, info, warning, error, not 'loud'."),
        ("[http\n", "is not valid TOML"),
    ],
)
def test_mistakes(tmp_path, text, expected):
    """Each mistake names the file and what to change."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)

    assert expected in str(caught.value)
    assert str(tmp_path / "lazaretto.toml") in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "LAZARETTO_HTTP__PRT",
            "1",
            "LAZARETTO_HTTP__PRT: 'prt' is not a known key of [http]; did you mean 'port'?",
        ),
        ("LAZARETTO_NET__PORT", "1", "LAZARETTO_NET__PORT: 'net' is not a known section"),
        (
            "LAZARETTO_HTTP__PORT",
            "many",
            "LAZARETTO_HTTP__PORT: http.port must be a whole number, not 'many'.",
        ),
    ],
)
def test_mistakes_in_the_environment(name, value, expected):
    """Each mistake names the variable."""
    with pytest.raises(SettingsError) as caught:
        load_settings(None, {name: value})

    assert expected in str(caught.value)


def test_file_that_is_not_there(tmp_path):
    """A named file must exist."""
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_settings(tmp_path / "none.toml", {})


def test_page_is_fresh():
    """docs/settings.md is what `lazaretto settings --markdown` prints."""
    assert markdown() == PAGE.read_text("utf-8")


def test_every_setting_has_a_sentence():
    """No setting without its meaning."""
    for section in dataclasses.fields(Settings()):
        for field in dataclasses.fields(getattr(Settings(), section.name)):
            assert field.metadata["sentence"].endswith("."), field.name


def test_password_is_not_shown():
    """Whoever sees the output of configtest does not see the database's password."""
    settings = load_settings(None, {"LAZARETTO_STORE__URL": "postgresql://me:secret@db.example/x"})

    assert "postgresql://me:***@db.example/x" == as_table(settings)["store"]["url"]
    assert "sqlite:////tmp/x.db" == without_password("sqlite:////tmp/x.db")
