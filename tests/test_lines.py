"""What `--json` prints is a contract: a shape changes only together with its schema file."""

import json
from pathlib import Path

import msgspec

from commands import (
    alert_lines,
    audit_lines,
    breach_lines,
    case_lines,
    keeping_lines,
    lines,
    pattern_lines,
    review_lines,
    rule_lines,
    search_lines,
    triage_lines,
    upkeep_lines,
    web_lines,
)

SCHEMAS = Path(lines.__file__).with_name("schemas.json")
SHAPES = [
    alert_lines.AlertLine,
    alert_lines.AlertTestLine,
    audit_lines.AnchorLine,
    audit_lines.AuditLine,
    audit_lines.DigestLine,
    audit_lines.EntryLine,
    breach_lines.BreachLine,
    case_lines.CaseLine,
    lines.CollectLine,
    lines.CountLine,
    lines.DeletionLine,
    case_lines.ExportLine,
    lines.FoundLine,
    lines.HitLine,
    keeping_lines.HoldLine,
    lines.IndexLine,
    lines.IngestLine,
    case_lines.NoticeLine,
    pattern_lines.LookLine,
    pattern_lines.PatternLine,
    keeping_lines.PlannedLine,
    case_lines.RequestLine,
    review_lines.CoverageLine,
    review_lines.ReviewedLine,
    review_lines.ReviewLine,
    review_lines.SavedLine,
    review_lines.TermLine,
    review_lines.TermsLine,
    rule_lines.RescanLine,
    keeping_lines.RetentionLine,
    rule_lines.RuleDiffLine,
    rule_lines.RuleLine,
    keeping_lines.SealLine,
    search_lines.FacetLine,
    search_lines.ThreadLine,
    lines.TextLine,
    rule_lines.TrialLine,
    lines.VerifyLine,
    lines.WithheldLine,
    triage_lines.DecisionLine,
    triage_lines.IncidentLine,
    triage_lines.SuppressionLine,
    triage_lines.TriageActLine,
    triage_lines.TriageExcerptLine,
    triage_lines.TriageItemLine,
    triage_lines.TriageRuleLine,
    triage_lines.TriageTimeLine,
    upkeep_lines.AccountLine,
    upkeep_lines.CheckLine,
    upkeep_lines.MissingLine,
    upkeep_lines.QuarantinedLine,
    upkeep_lines.ReconcileLine,
    web_lines.VisitCountLine,
    web_lines.VisitLine,
    web_lines.VisitOpenedLine,
    web_lines.WebImportLine,
]


def test_the_shapes_are_those_of_the_schema_file() -> None:
    """To change a shape on purpose, give it the next number and write what this test prints."""
    _, shapes = msgspec.json.schema_components(SHAPES)

    written = json.dumps(shapes, indent=1, sort_keys=True) + "\n"

    assert SCHEMAS.read_text() == written


def test_every_shape_is_in_the_contract() -> None:
    """No command prints a shape that the schema file does not hold."""
    tagged = {
        shape
        for module in (
            *(lines, alert_lines, audit_lines, breach_lines, case_lines, keeping_lines),
            *(review_lines, rule_lines, search_lines, triage_lines, upkeep_lines, web_lines),
            pattern_lines,
        )
        for shape in vars(module).values()
        if isinstance(shape, type)
        and issubclass(shape, msgspec.Struct)
        and shape.__struct_config__.tag
    }

    assert tagged <= set(SHAPES)
