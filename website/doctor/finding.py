"""What one check found."""

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, warn or fail; the sentence says what is so, and how to mend what is not. It holds no secrets."""

    level: str
    sentence: str


def ok(sentence: str) -> Finding:
    """All is well."""
    return Finding(OK, sentence)


def warn(sentence: str) -> Finding:
    """It works, but may not be what is wanted."""
    return Finding(WARN, sentence)


def fail(sentence: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(FAIL, sentence)


def worst(findings: list[Finding]) -> Finding:
    """Several findings as one: the worst level, and every sentence of that level."""
    level = max((finding.level for finding in findings), key=(OK, WARN, FAIL).index)
    return Finding(level, " ".join(finding.sentence for finding in findings if finding.level == level))
