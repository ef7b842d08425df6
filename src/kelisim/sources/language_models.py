"""Larger models behind the port of classifiers: a model of this machine, or a service like OpenAI's.

A model on this machine is a folder of the transformers package, loaded without any look at the network. A
service is asked text by text for one code of the codebook; whatever it answers that is no code counts as no
answer and is counted. Texts leave this machine only where the caller said so, or to this machine itself.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, KelisimError, Refused
from kelisim.evidence.discourse.codebook import Variable
from kelisim.sources.responses.service import Patience

__all__ = ["LocalModel", "ModelService", "open_local_model", "open_model_service"]

_KEY = "KELISIM_MODEL_KEY"
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LARGEST = 2**20
_LONGEST_TEXT = 8_000
_MOST_FAILURES = 20


@dataclass
class ModelService:
    """A model behind an address. unanswered : texts to which it gave no code, so far."""

    address: str
    model: str
    classes: tuple[str, ...]
    prompt: str
    key: str = field(repr=False)
    patience: Patience = field(default_factory=Patience)
    unanswered: int = 0

    @property
    def version(self) -> str:
        """Model, address and digest of the prompt: another prompt is another classifier."""
        told = hashlib.blake2b(self.prompt.encode(), digest_size=4).hexdigest()
        return f"{self.model}@{urlsplit(self.address).netloc}-{told}"

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """1 for the code given and 0 for the others; rows of NaN where no code was given.

        Raises: KelisimError where the service refuses, or 20 texts in a row get no answer.
        """
        made = np.full((len(texts), len(self.classes)), np.nan)
        failed = 0
        for row, text in enumerate(texts):
            code = self._code(text)
            if code is None:
                self.unanswered += 1
                failed += 1
                if failed >= _MOST_FAILURES:
                    raise KelisimError(
                        f"the model at {self.address} gave no code to {failed} texts in a row. "
                        "Way out: look at what it answers, or take another model."
                    )
                continue
            failed = 0
            made[row] = [code == name for name in self.classes]
        return made

    def _code(self, text: str) -> str | None:
        answer = self._asked(text)
        try:
            said = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            return None
        words = "".join(sign if sign.isalnum() or sign == "_" else " " for sign in str(said)).split()
        named = [name for name in self.classes if name in words]
        return named[0] if len(named) == 1 else None

    def _opener(self) -> urllib.request.OpenerDirector:
        # What is meant for this machine does not take the way round by a proxy.
        local = urlsplit(self.address).hostname in _LOCAL
        return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))

    def _asked(self, text: str) -> Any:
        body = {
            "model": self.model,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": self.prompt},
                {"role": "user", "content": text[:_LONGEST_TEXT]},
            ],
        }
        headers = {"Content-Type": "application/json", "User-Agent": "kelisim"}
        request = urllib.request.Request(
            f"{self.address}/chat/completions", json.dumps(body).encode("utf-8"), headers
        )
        if self.key:
            request.add_unredirected_header("Authorization", f"Bearer {self.key}")
        last = ""
        for tried in range(self.patience.tries):
            asked_for: float | None = None
            try:
                with self._opener().open(request, timeout=self.patience.timeout) as reply:
                    return json.loads(reply.read(_LARGEST))
            except urllib.error.HTTPError as error:
                with error:
                    last = f"status {error.code}"
                    if error.code not in _AGAIN:
                        break
                    told = error.headers.get("Retry-After", "")
                    asked_for = float(told) if told.isdigit() else None
            except (OSError, http.client.HTTPException, ValueError) as error:
                last = str(getattr(error, "reason", None) or error or type(error).__name__)
            if tried + 1 < self.patience.tries:
                self.patience.sleep(self.patience.pause(tried, asked_for))
        raise KelisimError(
            f"the model at {self.address} does not answer ({last}). "
            f"Way out: check address, model and {_KEY}; what was scored so far is not kept."
        )


def open_model_service(
    address: str, model: str, variable: Variable, *, texts_may_leave: bool, patience: Patience | None = None
) -> ModelService:
    """A service as a classifier of one variable, asked with the words of the codebook.

    address : up to the version, such as http://127.0.0.1:8000/v1; the key is read from KELISIM_MODEL_KEY
    texts_may_leave : whether texts may be sent to another machine
    Raises: Refused.
    """
    parts = urlsplit(address)
    faults = []
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        faults.append(("this is no address of a model.", "give one such as http://127.0.0.1:8000/v1."))
    elif parts.hostname not in _LOCAL and not texts_may_leave:
        reason = f"the texts would be sent to another machine, {parts.hostname}."
        faults.append((reason, "run the model on this one, or say --texts-may-leave."))
    key = os.environ.get(_KEY, "").strip()
    if parts.scheme == "http" and parts.hostname not in _LOCAL and not faults:
        faults.append(("texts would go over a connection that others can read.", "use https://."))
    if faults:
        raise Refused([Fault("--model", None, "", reason, way_out) for reason, way_out in faults])
    made = ModelService(address.rstrip("/"), model, variable.codes, _prompt(variable), key)
    if patience is not None:
        made.patience = patience
    return made


def _prompt(variable: Variable) -> str:
    lines = [
        "You code texts for content analysis. Answer with one code and nothing else.",
        f"{variable.label.en}: {variable.definition.en}",
    ]
    for value in variable.values:
        said = f" ({value.definition.en})" if value.definition else ""
        lines.append(f"{value.code}: {value.label.en}{said}")
    return "\n".join(lines)


@dataclass
class LocalModel:
    """A text-classification model of the transformers package, loaded from a folder."""

    classes: tuple[str, ...]
    version: str
    pipeline: Any = field(repr=False)

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities of the codes; labels of the model that are no codes are left out."""
        made = np.zeros((len(texts), len(self.classes)))
        for row, told in enumerate(self.pipeline(list(texts), top_k=None, truncation=True)):
            by = {str(one["label"]): float(one["score"]) for one in told}
            made[row] = [by.get(name, 0.0) for name in self.classes]
        whole = made.sum(axis=1, keepdims=True)
        scored: NDArray[np.float64] = np.divide(made, whole, out=np.full_like(made, np.nan), where=whole > 0)
        return scored


def open_local_model(path: Path, variable: Variable) -> LocalModel:
    """A model of a folder as a classifier of one variable; its labels must be the codes of the codebook.

    Raises: Refused where there is no such folder, its labels are others, or the package is not installed.
    """
    import importlib

    def refused(reason: str, way_out: str) -> Refused:
        return Refused([Fault(str(path), None, "", reason, way_out)])

    try:
        content = (path / "config.json").read_bytes()
        labels = {str(name) for name in json.loads(content).get("id2label", {}).values()}
        digest = _digest(path)
    except (OSError, ValueError, AttributeError) as error:
        raise refused("this is no folder of a model (no config.json).", "give the folder.") from error
    if not labels <= {*variable.codes} or len(labels) < 2:
        known = ", ".join(variable.codes)
        reason = f"its labels are {', '.join(sorted(labels)) or 'none'}."
        raise refused(reason, f"name them by the codes of '{variable.code}' ({known}) in config.json.")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        transformers: Any = importlib.import_module("transformers")
    except ImportError as error:
        way_out = "install it beside kelisim, or serve the model and give its address."
        raise refused("the package transformers is not installed.", way_out) from error
    loaded = transformers.pipeline("text-classification", model=str(path), device=-1)
    kept = tuple(code for code in variable.codes if code in labels)
    return LocalModel(kept, f"{path.name}-{digest}", loaded)


def _digest(folder: Path) -> str:
    made = hashlib.blake2b(digest_size=8)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        with file.open("rb") as opened:
            made.update(hashlib.file_digest(opened, "blake2b").digest())
    return made.hexdigest()
