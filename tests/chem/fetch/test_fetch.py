"""Fetching by id, against a small HTTP server of the test's own on loopback: every way in which a server can fail."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import gemmi
import pytest

from core.chem.fetch import Fetched, fetch
from core.chem.prepare import prepare
from core.chem.read import read_structure
from core.errors import FetchError
from core.settings import settings
from tests.molecules import capped

PDB_TEXT = capped("S").encode()


def mmcif(name: str) -> bytes:
    structure = gemmi.read_pdb_string(capped("S"))
    structure.name = name
    text = structure.make_mmcif_document().as_string().rstrip()
    return f"{text}\n#\n".encode()


def sdf() -> bytes:
    from rdkit import Chem
    from rdkit.Chem import rdDistGeom

    molecule = Chem.AddHs(Chem.MolFromSmiles("CCO"))
    rdDistGeom.EmbedMolecule(molecule, randomSeed=7)
    return (Chem.MolToMolBlock(molecule) + "$$$$\n").encode()


@dataclass
class Server:
    """answers: by path, what each request gets in turn (the last for all that follow). asked: paths so far."""

    url: str = ""
    answers: dict[str, list[Callable[[BaseHTTPRequestHandler], None]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def body(content: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


def silence(request: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


def wait_for_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for `silence`, who answers later. All others have time, as machines are slow."""
    monkeypatch.setenv("RHOSCOPE_FETCH_TIMEOUT_SECONDS", "3")
    settings.cache_clear()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            queue = state.answers.get(self.path, [body(b"not here", 404)])
            (queue.pop(0) if len(queue) > 1 else queue[0])(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_address[1]}"
    for name in ("PDB", "ALPHAFOLD", "PUBCHEM"):
        monkeypatch.setenv(f"RHOSCOPE_{name}_URL", f"{state.url}/{name.lower()}")
    monkeypatch.setenv("RHOSCOPE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RHOSCOPE_FETCH_TIMEOUT_SECONDS", "60")
    monkeypatch.setenv("RHOSCOPE_FETCH_RETRIES", "2")
    monkeypatch.setenv("RHOSCOPE_FETCH_BACKOFF_SECONDS", "0.01")
    monkeypatch.setenv("RHOSCOPE_MAX_UPLOAD_MB", "0.2")
    settings.cache_clear()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()
    settings.cache_clear()


def refused(text: str, words: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(text)
    assert words in str(caught.value), str(caught.value)
    assert caught.value.message.endswith(".") and caught.value.remedy.endswith(".")
    return caught.value


def kept_files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


def test_mmcif_is_asked_for_first_and_can_be_prepared(server: Server) -> None:
    server.answers["/pdb/1abc.cif"] = [body(mmcif("1ABC"))]
    found = fetch("1ABC")
    assert (found.filename, found.from_cache, server.asked) == ("1abc.cif", False, ["/pdb/1abc.cif"])
    structure = prepare(found.content, found.filename)
    assert structure.molecule.content_hash == prepare(PDB_TEXT, "a.pdb").molecule.content_hash


def test_pdb_format_where_there_is_no_mmcif(server: Server) -> None:
    server.answers["/pdb/1abc.pdb"] = [body(PDB_TEXT)]
    assert fetch("pdb_00001abc").filename == "1abc.pdb"
    assert server.asked == ["/pdb/1abc.cif", "/pdb/1abc.pdb"]


def test_extended_id(server: Server) -> None:
    server.answers["/pdb/pdb_12345678.cif"] = [body(mmcif("pdb_12345678"))]
    assert fetch("PDB_12345678").filename == "pdb_12345678.cif"


def test_alphafold_newest_version_first(server: Server) -> None:
    server.answers["/alphafold/AF-P69905-F1-model_v4.cif"] = [body(mmcif("AF-P69905-F1"))]
    assert fetch("p69905").identifier.source == "alphafold"
    assert [path[-6:] for path in server.asked] == ["v6.cif", "v5.cif", "v4.cif"]


@pytest.mark.parametrize(
    ("text", "path"),
    [("pubchem:702", "cid/702"), ("CID:702", "cid/702"), ("pubchem:Ethanol", "name/ethanol"),
     ("pubchem:2-(acetyloxy)benzoic acid", "name/2-%28acetyloxy%29benzoic%20acid")],
)  # fmt: skip
def test_pubchem(server: Server, text: str, path: str) -> None:
    server.answers[f"/pubchem/compound/{path}/SDF?record_type=3d"] = [body(sdf())]
    found = fetch(text)
    assert len(read_structure(found.content, found.filename)) == 9


def test_the_second_time_nothing_is_sent(server: Server, tmp_path: Path) -> None:
    server.answers["/pdb/1abc.cif"] = [body(mmcif("1ABC"))]
    first, second = fetch("1abc"), fetch("pdb:1ABC")
    assert second.from_cache and len(server.asked) == 1
    assert (second.content, second.sha256, second.fetched_at) == (first.content, first.sha256, first.fetched_at)
    assert fetch("1abc", refresh=True).from_cache is False and len(server.asked) == 2
    assert len(kept_files(tmp_path)) == 2


@pytest.mark.parametrize("damage", [b"", b"other"])
def test_a_damaged_cache_is_not_used(server: Server, tmp_path: Path, damage: bytes) -> None:
    server.answers["/pdb/1abc.cif"] = [body(mmcif("1ABC"))]
    fetch("1abc")
    for path in kept_files(tmp_path):
        path.write_bytes(damage)
    assert fetch("1abc").from_cache is False
    assert fetch("1abc").from_cache is True


def test_an_id_that_does_not_exist(server: Server) -> None:
    assert "1CRN" in refused("9zzz", "no PDB 9zzz").remedy
    assert "SMILES" in refused("pubchem:nonsense", "no PubChem nonsense").remedy
    assert "P69905" in refused("Q99999", "no AlphaFold DB Q99999").remedy


@pytest.mark.parametrize("failure", [body(b"", 500), body(b"", 503), body(b"", 429), silence])
def test_a_failure_that_passes_is_tried_again(server: Server, failure: Callable, monkeypatch) -> None:
    if failure is silence:
        wait_for_seconds_only(monkeypatch)
    server.answers["/pdb/1abc.cif"] = [failure, failure, body(mmcif("1ABC"))]
    assert isinstance(fetch("1abc"), Fetched) and len(server.asked) == 3


@pytest.mark.parametrize(("failure", "words"), [(body(b"", 500), "answered 500"), (silence, "no answer within 3 s")])
def test_a_failure_that_stays(server: Server, failure: Callable, words: str, tmp_path: Path, monkeypatch) -> None:
    if failure is silence:
        wait_for_seconds_only(monkeypatch)
    server.answers["/pdb/1abc.cif"] = [failure]
    refused("1abc", words)
    assert len(server.asked) == 3 and kept_files(tmp_path) == []


def test_half_a_file_is_tried_again_and_then_refused(server: Server, tmp_path: Path) -> None:
    whole = mmcif("1ABC")
    server.answers["/pdb/1abc.cif"] = [body(whole[: len(whole) // 2], Content_Length=str(len(whole)))]
    refused("1abc", "broke off")
    assert len(server.asked) == 3 and kept_files(tmp_path) == []


def test_half_a_file_that_the_server_thinks_whole(server: Server) -> None:
    whole = mmcif("1ABC")
    server.answers["/pdb/1abc.cif"] = [body(whole[: len(whole) * 2 // 3])]
    refused("1abc", "cut off")
    server.answers["/pdb/2abc.pdb"] = [body(PDB_TEXT[:400])]
    refused("2abc", "cut off")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<!DOCTYPE html><html><body>Please log in</body></html>", "web page"), (b"\n <HTML>x</HTML>", "web page"),
     (b"", "empty"), (b'{"error": "none"}', "not a mmCIF"), (PDB_TEXT, "not a mmCIF"), (mmcif("2XYZ"), "another entry"),
     (b"\x00" * 100, "not a mmCIF")],
)  # fmt: skip
def test_wrong_content(server: Server, content: bytes, words: str, tmp_path: Path) -> None:
    server.answers["/pdb/1abc.cif"] = [body(content)]
    refused("1abc", words)
    assert kept_files(tmp_path) == []


def test_too_large(server: Server) -> None:
    server.answers["/pdb/1abc.cif"] = [body(mmcif("1ABC") + b"#" * 300_000)]
    assert "RHOSCOPE_MAX_UPLOAD_MB" in refused("1abc", "more than the 0.2 MB").remedy


def test_too_large_after_decompression(server: Server) -> None:
    packed = gzip.compress(mmcif("1ABC") + b"#" * 30_000_000)
    assert len(packed) < 100_000
    server.answers["/pdb/1abc.cif"] = [body(packed, Content_Encoding="gzip")]
    refused("1abc", "more than the 0.2 MB")


def test_compressed_answers_are_read(server: Server) -> None:
    server.answers["/pdb/1abc.cif"] = [body(gzip.compress(mmcif("1ABC")), Content_Encoding="gzip")]
    assert fetch("1abc").content == mmcif("1ABC")


def test_redirect_within_the_host(server: Server) -> None:
    server.answers["/pdb/1abc.cif"] = [body(b"", 302, Location="/elsewhere/1abc.cif")]
    server.answers["/elsewhere/1abc.cif"] = [body(mmcif("1ABC"))]
    assert fetch("1abc").content == mmcif("1ABC")


@pytest.mark.parametrize(
    "there", ["http://localhost:{port}/x", "http://127.0.0.1:1/x", "https://127.0.0.1:{port}/x", "file:///etc/passwd",
              "//example.org/x"]
)  # fmt: skip
def test_redirect_elsewhere_is_not_followed(server: Server, there: str) -> None:
    port = server.url.rsplit(":", 1)[1]
    server.answers["/pdb/1abc.cif"] = [body(b"", 302, Location=there.format(port=port))]
    refused("1abc", "not followed")
    assert server.asked == ["/pdb/1abc.cif"]


def test_redirects_in_a_circle(server: Server) -> None:
    server.answers["/pdb/1abc.cif"] = [body(b"", 302, Location="/pdb/1abc.cif")]
    refused("1abc", "circles")


def test_refused_by_the_server(server: Server) -> None:
    server.answers["/pdb/1abc.cif"] = [body(b"", 403)]
    refused("1abc", "status 403")
    assert len(server.asked) == 1


def test_no_server_at_all(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RHOSCOPE_PDB_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    refused("1abc", "connection failed")


def test_a_data_directory_that_cannot_be_written(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RHOSCOPE_DATA_DIR", str(tmp_path / "file"))
    settings.cache_clear()
    server.answers["/pdb/1abc.cif"] = [body(mmcif("1ABC"))]
    assert "RHOSCOPE_DATA_DIR" in refused("1abc", "cannot be written").remedy
