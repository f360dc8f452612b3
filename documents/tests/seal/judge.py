"""What pyHanko and page-validation say of PDFs, as one line of JSON a file.

Arguments: the PEM of the studio's root, the PEM of the timestamp authority's root, the instant of judgement (ISO 8601), files. A file
is followed by a colon and the level that it should reach: B-B, B-T, B-LT or B-LTA.
"""

import asyncio
import json
import sys
from datetime import datetime

from asn1crypto.crl import CertificateList
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import LocalKnowledge, PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, FreshnessReqType
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer


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
            said["ades"] = lasting(reader, seal, level, roots, moment)
        return said


def lasting(reader, seal, level, roots, moment):
    """The indication of EN 319 102-1 for the long run, with every revocation list demanded and none fetched.

    B-LT is validated by section 5.5, for signatures with time, with what the file keeps. Section 5.6.3 is for B-LTA: it asks for a proof that
    the lists existed before the certificates lapsed, which only an archive timestamp is, and calls whatever has none indeterminate (NO_POE).
    """
    revocation = CertRevTrustPolicy(
        REQUIRE_REVINFO, freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION
    )
    trust = SimpleTrustManager.build(trust_roots=roots)
    certificates = CertValidationPolicySpec(trust_manager=trust, revinfo_policy=revocation)
    timing = ValidationTimingInfo(moment, moment, point_in_time_validation=True)
    if level == "B-LTA":
        policy = PdfSignatureValidationSpec(SignatureValidationSpec(cert_validation_policy=certificates))
        result = asyncio.run(ades_lta_validation(seal, policy, timing_info=timing))
    else:
        store = DocumentSecurityStore.read_dss(reader)
        lists = [CRLContainer(crl_data=CertificateList.load(crl.get_object().data)) for crl in store.crls]
        kept = LocalKnowledge(known_crls=lists, known_certs=list(store.load_certs()))
        policy = SignatureValidationSpec(cert_validation_policy=certificates, local_knowledge=kept)
        digest = seal.compute_digest()
        validation = ades_with_time_validation(seal.signed_data, policy, timing_info=timing, raw_digest=digest)
        result = asyncio.run(validation)
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
