//! What is typeset as pixels instead of a PDF: within the same walls, with the same fonts.

use serde::Serialize;
use typst::utils::Scalar;
use typst_render::{RenderOptions, render};

use crate::error::DocumentError;
use crate::world::{Typesetter, data_json, sweep};

impl Typesetter {
    /// Typesets `template` with `data` as a PNG of its first page, one pixel for each point. The same arguments give the same bytes.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn picture(&self, template: &str, data: &impl Serialize) -> Result<Vec<u8>, DocumentError> {
        let json = data_json(data)?;
        let bytes = json.len();
        let laid_out = self.lay_out(template.to_owned(), json, &[]);
        sweep(bytes);
        let document = laid_out?;
        let failed = |problem: String| DocumentError::Typeset(vec![problem]);
        let page = document.pages().first().ok_or_else(|| failed("there is no page".to_owned()))?;
        let options = RenderOptions { pixel_per_pt: Scalar::ONE, ..RenderOptions::default() };
        render(page, &options).encode_png().map_err(|error| failed(error.to_string()))
    }
}
