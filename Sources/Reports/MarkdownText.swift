/// Text of strangers made fit for a Markdown comment: it shows as written and does nothing.
enum MarkdownText {
  /// A name as code: no table cell, tag, link or mention can come out of it.
  ///
  /// The code element is written as HTML because backticks cannot hold backticks, and nothing inside it is linked.
  static func code(_ text: String) -> String {
    let shown = text.isEmpty ? "(no name)" : TerminalText.fitted(TerminalText.safe(text), to: 120)
    return "<code>" + escaped(shown) + "</code>"
  }

  /// A reason code; one that is not spelled as ours are is treated as a stranger's name.
  static func reason(_ code: String) -> String {
    let isOurs =
      !code.isEmpty && code.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    return isOurs ? "`\(code)`" : MarkdownText.code(code)
  }

  /// Free text: every character with a meaning in Markdown or HTML becomes a character reference; line ends become
  /// visible, and `@` and `#` are cut off from what follows, since GitHub links people and issues in rendered text.
  static func escaped(_ text: String) -> String {
    var result = ""
    var last: Unicode.Scalar = " "
    for scalar in TerminalText.safe(text).unicodeScalars {
      switch scalar {
      case "@", "#": result += "&#\(scalar.value);&#8203;"
      case "&", "<", ">", "|", "`", "*", "_", "[", "]", "~", "\\", "!", "$": result += "&#\(scalar.value);"
      // Bare addresses ("https://…", "www.…") become links unless their signs are spelled out.
      case "/" where last == ":", "." where last == "w" || last == "W": result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
      last = scalar
    }
    return result
  }

  /// A table with the alignment of its columns: true is right.
  static func table(header: [String], right: [Bool], rows: [[String]]) -> String {
    var lines = ["| " + header.joined(separator: " | ") + " |"]
    lines.append("|" + right.map { $0 ? "--:" : ":--" }.joined(separator: "|") + "|")
    lines += rows.map { "| " + $0.joined(separator: " | ") + " |" }
    return lines.joined(separator: "\n")
  }

  /// A folded section.
  static func details(_ summary: String, _ body: String) -> String {
    "<details><summary>\(summary)</summary>\n\n\(body)\n\n</details>"
  }
}
