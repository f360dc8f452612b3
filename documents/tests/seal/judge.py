"""What pyHanko and page-validation say of PDFs, as one line of JSON a file.

Arguments: the PEM of the studio's root, the PEM of the timestamp authority's root, the instant of judgement (ISO 8601), files. A file
is followed by a colon and the level that it should reach: B-B, B-T, B-LT or B-LTA.
"""

import asyncio
import json
import sys
from datetime import datetime

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, FreshnessReqType
from pyhanko_certvalidator.registry import SimpleTrustManager


def judge(path, level, roots, moment):
    with open(path, "rb") as file:
        reader = PdfFileReader(file)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return {"bottom_line": False, "refused": "there is no signature"}
        seal = signatures[0]
        context = ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)
        status = validate_pdf_signature(seal, context, ts_validation_context=context)
        stamp = status.timestamp_validity
        said = {
            "bottom_line": status.bottom_line,
            "coverage": status.coverage.name,
            "modifications": status.modification_level.name,
            "docmdp_ok": status.docmdp_ok,
            "timestamp": None if stamp is None else bool(stamp.valid and stamp.trusted),
            "document_timestamps": len(reader.embedded_timestamp_signatures),
        }
        if level in ("B-LT", "B-LTA"):
            said["ades"] = lasting(seal, roots, moment)
        return said


def lasting(seal, roots, moment):
    """The indication of EN 319 102-1 for the long run, with every revocation list demanded and none fetched."""
    revocation = CertRevTrustPolicy(
        REQUIRE_REVINFO, freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION
    )
    trust = SimpleTrustManager.build(trust_roots=roots)
    certificates = CertValidationPolicySpec(trust_manager=trust, revinfo_policy=revocation)
    policy = PdfSignatureValidationSpec(SignatureValidationSpec(cert_validation_policy=certificates))
    timing = ValidationTimingInfo(moment, moment, point_in_time_validation=True)
    result = asyncio.run(ades_lta_validation(seal, policy, timing_info=timing))
    return result.ades_subindic.status.name


def compliance(path):
    import page

    report = page.validate_pdf(path, profile=page.ValidationProfile.PDF_A_3B)
    return {"pdfa_3b": report.is_compliant, "failures": [failure.rule_id for failure in report.failures]}


def main():
    roots = [load_cert_from_pemder(path) for path in sys.argv[1:3]]
    moment = datetime.fromisoformat(sys.argv[3])
    for argument in sys.argv[4:]:
        path, level = argument.rsplit(":", 1)
        try:
            said = judge(path, level, roots, moment)
        except Exception as error:  # A refusal is an answer too.
            said = {"bottom_line": False, "refused": f"{type(error).__name__}: {error}"}
        try:
            said |= compliance(path)
        except Exception as error:
            said |= {"pdfa_3b": False, "failures": [f"{type(error).__name__}: {error}"]}
        print(json.dumps(said), flush=True)


main()
