"""What pyHanko and page-validation say of PDFs, as one line of JSON a file.

Arguments: the PEM of the studio's root, the PEM of the timestamp authority's root, the instant of judgement (ISO 8601), files. A file
is followed by a colon and the level that it should reach: B-B, B-T, B-LT or B-LTA.
"""

import json
import sys
from datetime import datetime

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_ltv_signature, validate_pdf_signature
from pyhanko.sign.validation.ltv import RevocationInfoValidationType
from pyhanko_certvalidator import ValidationContext

LASTING = {
    "B-LT": RevocationInfoValidationType.PADES_LT,
    "B-LTA": RevocationInfoValidationType.PADES_LTA,
}


def judge(path, level, roots, moment):
    with open(path, "rb") as file:
        reader = PdfFileReader(file)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return {"bottom_line": False, "refused": "there is no signature"}
        seal = signatures[0]
        settings = {"trust_roots": roots, "moment": moment, "allow_fetching": False}
        if level in LASTING:
            status = validate_pdf_ltv_signature(
                seal, LASTING[level], validation_context_kwargs={**settings, "retroactive_revinfo": True}
            )
        else:
            context = ValidationContext(**settings)
            status = validate_pdf_signature(seal, context, ts_validation_context=context)
        stamp = status.timestamp_validity
        return {
            "bottom_line": status.bottom_line,
            "coverage": status.coverage.name,
            "modifications": status.modification_level.name,
            "docmdp_ok": status.docmdp_ok,
            "timestamp": None if stamp is None else bool(stamp.valid and stamp.trusted),
            "document_timestamps": len(reader.embedded_timestamp_signatures),
        }


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
