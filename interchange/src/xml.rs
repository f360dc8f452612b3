//! XML written element by element, so that it is well-formed whatever is said in it.

/// A document being written.
pub(crate) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

/// Attributes of an element.
pub(crate) type Attributes<'a> = [(&'static str, &'a str)];

impl Xml {
    pub(crate) fn new() -> Self {
        Self { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), open: Vec::new() }
    }

    /// Opens an element that has others.
    pub(crate) fn open(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.start(name, attributes);
        self.out.push('\n');
        self.open.push(name);
    }

    /// Closes what was opened last.
    pub(crate) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.end(name);
        }
    }

    /// An element that has a text.
    pub(crate) fn text(&mut self, name: &'static str, attributes: &Attributes<'_>, text: &str) {
        self.start(name, attributes);
        self.push(text, false);
        self.end(name);
    }

    /// A plain element, if there is something to say.
    pub(crate) fn maybe(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, &[], text);
        }
    }

    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn start(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.push(value, true);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    fn indent(&mut self) {
        for _ in 0..self.open.len() {
            self.out.push_str("  ");
        }
    }

    /// A text without the characters that XML 1.0 cannot have at all (its section 2.2); in an attribute, line breaks are blanks.
    fn push(&mut self, text: &str, is_attribute: bool) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' if is_attribute => self.out.push_str("&quot;"),
                '\t' | '\n' if is_attribute => self.out.push(' '),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' if !matches!(c, '\t' | '\n') => {}
                c => self.out.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_well_formed() {
        let mut xml = Xml::new();
        xml.open("A", &[("x", "\"<\n&"), ("y", "")]);
        xml.text("B", &[], "a < b & c > d \"e\"\u{0}\u{b}\u{ffff}\r\n\tf");
        xml.open("C", &[]);
        xml.maybe("D", None);
        xml.maybe("D", Some(""));
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A x=\"&quot;&lt; &amp;\" y=\"\">\n  \
                        <B>a &lt; b &amp; c &gt; d \"e\"\n\tf</B>\n  <C>\n    <D></D>\n  </C>\n</A>\n";
        assert_eq!(xml.finish(), expected);
    }
}
