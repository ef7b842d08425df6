"""Claims of a source judged by tables: each holds, fails, or cannot be judged, with the values and cells."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.evaluation import evaluate
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell
from kelisim.core.statements import Claim, JudgedClaim, Verdict
from kelisim.core.study import Study

__all__ = ["claims", "judged_claims"]


def judged_claims(study: Study) -> tuple[JudgedClaim, ...]:
    """Every claim of the study with its verdict, in the order in which the study writes them."""
    return tuple(_judged(study, claim)[0] for claim in study.statements.claims)


def claims(study: Study) -> Iterator[Finding]:
    """Report claims that the tables contradict, and claims that no table at hand can judge."""
    for claim in study.statements.claims:
        judged, table_id = _judged(study, claim)
        if judged.verdict != "holds":
            yield _finding(judged, table_id)


def _judged(study: Study, claim: Claim) -> tuple[JudgedClaim, str]:
    outcome = evaluate(claim.expression.tree, study)
    verdict: Verdict = "cannot be judged"
    if isinstance(outcome.value, bool):
        verdict = "holds" if outcome.value else "fails"
    return JudgedClaim(claim, verdict, outcome.why, outcome.cells, outcome.tables), next(
        iter(outcome.tables), ""
    )


def _finding(judged: JudgedClaim, table_id: str) -> Finding:
    claim, why = judged.claim, judged.reason
    said = claim.statement
    fails = judged.verdict == "fails"
    if fails:
        message = Words(
            f"«{said.kk}» деген тұжырым кестелермен сәйкес келмейді. Тұжырым бойынша мынадай болуы керек еді, бірақ олай емес: {why.kk}.",
            f"Утверждение «{said.ru}» не согласуется с таблицами. По нему должно быть так, но это не так: {why.ru}.",
            f"The statement “{said.en}” does not agree with the tables. It would need this, which is not so: {why.en}.",
        )
    else:
        message = Words(
            f"«{said.kk}» деген тұжырымды қолдағы сандармен тексеруге болмайды: {why.kk}.",
            f"Утверждение «{said.ru}» имеющимися числами проверить нельзя: {why.ru}.",
            f"The statement “{said.en}” cannot be judged by the numbers at hand: {why.en}.",
        )
    return Finding(
        code="claim_fails" if fails else "claim_cannot_be_judged",
        level="contradiction" if fails else "gap",
        table_id=table_id,
        cells=(*judged.cells, Cell(claim.file, claim.line, "expression", claim.expression.text)),
        values={"claim": claim.claim_id},
        message=message,
    )
