//! XML as it goes: indented, attributes in the order given, and nothing that depends on where or when it is written.

/// A text that grows element by element.
pub(super) struct Writer {
    text: String,
    open: Vec<&'static str>,
    /// Whether the last tag still waits for its attributes' end.
    in_tag: bool,
}

impl Writer {
    pub(super) fn new() -> Self {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n".to_owned();
        Self { text, open: Vec::new(), in_tag: false }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &'static str) {
        self.end_tag();
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        self.open.push(name);
        self.in_tag = true;
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) {
        let Some(name) = self.open.pop() else { return };
        if self.in_tag {
            self.text.push_str("/>\n");
            self.in_tag = false;
        } else {
            self.indent();
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push_str(">\n");
        }
    }

    /// An element with a text in it.
    pub(super) fn leaf(&mut self, name: &'static str, text: &str) {
        self.open(name);
        self.text.push('>');
        escape(text, false, &mut self.text);
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
        self.open.pop();
        self.in_tag = false;
    }

    /// An attribute of the element that was just opened.
    pub(super) fn text(&mut self, attribute: &str, value: &str) {
        self.text.push(' ');
        self.text.push_str(attribute);
        self.text.push_str("=\"");
        escape(value, true, &mut self.text);
        self.text.push('"');
    }

    /// The same, if there is something to say.
    pub(super) fn optional(&mut self, attribute: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(attribute, value);
        }
    }

    /// An id, or what refers to one.
    pub(super) fn reference(&mut self, attribute: &str, id: Option<&str>) {
        self.optional(attribute, id.filter(|id| !id.is_empty()));
    }

    /// A number, as short as it can be and still be read back the same.
    pub(super) fn number(&mut self, attribute: &str, value: Option<f64>) {
        let Some(value) = value.filter(|value| !value.is_nan()) else { return };
        if value.is_infinite() {
            self.text(attribute, if value > 0.0 { "inf" } else { "-inf" });
        } else {
            self.text(attribute, &format!("{value:?}"));
        }
    }

    /// A whole number.
    pub(super) fn whole(&mut self, attribute: &str, value: Option<impl Into<i64>>) {
        if let Some(value) = value {
            self.text(attribute, &value.into().to_string());
        }
    }

    /// A truth value.
    pub(super) fn flag(&mut self, attribute: &str, value: Option<bool>) {
        self.optional(attribute, value.map(|value| if value { "true" } else { "false" }));
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    fn end_tag(&mut self) {
        if self.in_tag {
            self.text.push_str(">\n");
            self.in_tag = false;
        }
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.text.push_str("    ");
        }
    }
}

/// Writes a text so that it is read back the same. What XML cannot hold becomes the character that stands for what is lost.
fn escape(text: &str, in_attribute: bool, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\n' if in_attribute => out.push_str("&#10;"),
            '\t' if in_attribute => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            lost if is_lost(lost) => out.push(char::REPLACEMENT_CHARACTER),
            kept => out.push(kept),
        }
    }
}

/// Whether XML has no way to hold it.
fn is_lost(character: char) -> bool {
    character < ' ' && !matches!(character, '\n' | '\t') || matches!(character, '\u{fffe}' | '\u{ffff}')
}
