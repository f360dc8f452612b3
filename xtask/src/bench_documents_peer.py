"""The peer of `cargo xtask bench documents`: key, certificate and HTML pages in, milliseconds a page out."""

import io
import json
import sys
import time

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from weasyprint import HTML

key, certificate, *pages = sys.argv[1:]
signer = signers.SimpleSigner.load(key, certificate)
settings = signers.PdfSignatureMetadata(
    field_name="Seal",
    md_algorithm="sha256",
    subfilter=SigSeedSubFilter.PADES,
    certify=True,
    docmdp_permissions=MDPPerm.FILL_FORMS,
    reason="Accepted at checkout",
)


def typeset(page):
    return HTML(filename=page).write_pdf(pdf_variant="pdf/a-2b")


def seal(pdf):
    return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), settings, signer=signer)


seal(typeset(pages[0]))
spent = [0.0, 0.0]
for page in pages:
    started = time.perf_counter()
    pdf = typeset(page)
    typeset_at = time.perf_counter()
    seal(pdf)
    spent[0] += typeset_at - started
    spent[1] += time.perf_counter() - typeset_at
print(json.dumps({"typeset_ms": spent[0] * 1e3 / len(pages), "seal_ms": spent[1] * 1e3 / len(pages)}))
