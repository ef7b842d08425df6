"""Larger models: a service against a stand-in on this machine that misbehaves, and a folder of a model."""

from __future__ import annotations

import json
import sys
import threading
import types
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kelisim.core.errors import KelisimError, Refused
from kelisim.sources.codebook import codebook_from, codebook_template
from kelisim.sources.language_models import open_local_model, open_model_service
from kelisim.sources.responses.service import Patience

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
COMPLAINT = codebook_from(codebook_template(), "c").variable("complaint")
assert COMPLAINT is not None
QUICK = Patience(tries=3, sleep=lambda seconds: None, timeout=2.0)
Answer = Callable[[dict[str, Any], int], tuple[int, bytes]]


def says(words: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": words}}]}).encode()


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], tuple[str, list[dict[str, Any]]]]]:
    servers = []

    def start(answer: Answer) -> tuple[str, list[dict[str, Any]]]:
        asked: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append({**body, "path": self.path, "key": self.headers.get("Authorization")})
                code, said = answer(body, len(asked))
                self.send_response(code)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *words: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/v1", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def opened(address: str) -> Any:
    assert COMPLAINT is not None
    return open_model_service(address, "m-1", COMPLAINT, texts_may_leave=False, patience=QUICK)


def test_it_asks_with_the_words_of_the_codebook(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KELISIM_MODEL_KEY", "secret-7")
    address, asked = serve(
        lambda body, n: (200, says("yes" if "шағым" in body["messages"][1]["content"] else "No."))
    )
    model = opened(address)
    assert model.scores(["шағым айтамын"]).tolist() == [[1, 0]]
    assert np.isnan(model.scores(["жай сөз"])).all(), "'No.' with a capital letter is no code"
    assert asked[0]["path"] == "/v1/chat/completions" and asked[0]["key"] == "Bearer secret-7"
    assert asked[0]["model"] == "m-1" and asked[0]["temperature"] == 0
    prompt = asked[0]["messages"][0]["content"]
    assert COMPLAINT is not None and COMPLAINT.definition.en in prompt
    assert model.unanswered == 1 and "secret" not in repr(model) + model.version


@pytest.mark.parametrize("said", ["yes", " yes\n", '{"code": "yes"}', "**yes**"])
def test_a_code_is_found_in_what_it_says(said: str, serve: Any) -> None:
    address, _ = serve(lambda body, n: (200, says(said)))
    assert opened(address).scores(["x"]).tolist() == [[1, 0]]


@pytest.mark.parametrize("said", ["yes or no", "I cannot say", "", None, 7, "eyes"])
def test_what_is_no_code_is_no_answer(said: object, serve: Any) -> None:
    address, _ = serve(lambda body, n: (200, says(said)))
    assert np.isnan(opened(address).scores(["x"])).all()


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_service_is_asked_again(code: int, serve: Any) -> None:
    address, asked = serve(lambda body, n: (code, b"") if n < 3 else (200, says("no")))
    assert opened(address).scores(["x"]).tolist() == [[0, 1]] and len(asked) == 3


@pytest.mark.parametrize("answer", [(401, b""), (404, b""), (500, b""), (200, b"<html>")])
def test_a_service_that_refuses_is_told(answer: tuple[int, bytes], serve: Any) -> None:
    address, asked = serve(lambda body, n: answer)
    with pytest.raises(KelisimError, match="does not answer"):
        opened(address).scores(["x"])
    assert len(asked) == (1 if answer[0] in (401, 404) else 3)


def test_a_service_that_never_gives_a_code_is_stopped(serve: Any) -> None:
    address, asked = serve(lambda body, n: (200, says("hm")))
    with pytest.raises(KelisimError, match="20 texts in a row"):
        opened(address).scores(["x"] * 50)
    assert len(asked) == 20


@pytest.mark.parametrize(
    ("address", "leave", "words"),
    [
        ("https://models.example.org/v1", False, "another machine"),
        ("http://models.example.org/v1", True, "others can read"),
        ("ftp://127.0.0.1/v1", True, "no address"),
        ("http://name:word@127.0.0.1/v1", True, "no address"),
    ],
)
def test_texts_do_not_leave_by_themselves(address: str, leave: bool, words: str) -> None:
    assert COMPLAINT is not None
    with pytest.raises(Refused, match=words):
        open_model_service(address, "m", COMPLAINT, texts_may_leave=leave)


def folder_of(place: Path, labels: list[str]) -> Path:
    place.mkdir()
    (place / "config.json").write_text(json.dumps({"id2label": dict(enumerate(labels))}), encoding="utf-8")
    (place / "weights.bin").write_bytes(b"1234")
    return place


def test_a_folder_of_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is stood in for: what is tested is our side of the door."""
    assert COMPLAINT is not None
    told: dict[str, Any] = {}

    def pipeline(task: str, model: str, device: int) -> Any:
        told.update(task=task, model=model)
        return lambda texts, top_k, truncation: [
            [{"label": "no", "score": 0.75}, {"label": "yes", "score": 0.25}] for _ in texts
        ]

    monkeypatch.setitem(sys.modules, "transformers", types.SimpleNamespace(pipeline=pipeline))
    place = folder_of(tmp_path / "model", ["no", "yes"])
    model = open_local_model(place, COMPLAINT)
    assert model.classes == ("yes", "no") and model.scores(["a", "b"]).tolist() == [[0.25, 0.75]] * 2
    assert told == {"task": "text-classification", "model": str(place)}
    (place / "weights.bin").write_bytes(b"12345")
    assert open_local_model(place, COMPLAINT).version != model.version


@pytest.mark.parametrize("labels", [["LABEL_0", "LABEL_1"], ["yes"], []])
def test_labels_have_to_be_codes(labels: list[str], tmp_path: Path) -> None:
    assert COMPLAINT is not None
    with pytest.raises(Refused, match="labels"):
        open_local_model(folder_of(tmp_path / "model", labels), COMPLAINT)


def test_a_folder_without_a_model_or_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert COMPLAINT is not None
    with pytest.raises(Refused, match=r"config\.json"):
        open_local_model(tmp_path, COMPLAINT)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(Refused, match="not installed"):
        open_local_model(folder_of(tmp_path / "model", ["yes", "no"]), COMPLAINT)


@pytest.mark.proof
def test_a_served_model_is_measured_and_scores_a_sample(serve: Any, tmp_path: Path) -> None:
    """From a coded sample to a card and a new sample, the model behind an address (synthetic texts)."""
    from kelisim.runs.discourse_coding import CodingSession
    from kelisim.store.coding import read_sample
    from tests.cli.test_discourse_code import call, draw, posts, study_of

    address, asked = serve(
        lambda body, n: (200, says("yes_" if "жалоба" in body["messages"][1]["content"] else "no_"))
    )
    study, texts = study_of(tmp_path), posts(tmp_path / "posts.csv", 130, share=0.4)
    draw(study, texts)
    for coder in "AB":
        session = CodingSession(study, "g1", coder)
        while (question := session.next()) is not None:
            session.answer(question, "yes_" if "жалоба" in question.unit.text else "no_", 1.0)
    model = ("--model", address, "--model-name", "m-1")
    train = ("discourse", "train", study, "--sample", "g1", "--variable", "complaint", "--seed", 1)
    code, said = call(*train, *model, "--id", "served")
    assert code == 0 and "m-1@127.0.0.1" in said and "recall 1.00" in said and len(asked) == 130
    assert "say which model" in call(*train, "--model", address)[1]
    draw(study, texts, "g2", "--score-by", "served")
    sample = read_sample(study, "g2")
    # A model that gives 0 or 1 leaves two bands, and the texts it marks are those of the upper one.
    for unit in sample.units:
        assert ("жалоба" in unit.text) == (sample.strata[unit.stratum].band != "low")
