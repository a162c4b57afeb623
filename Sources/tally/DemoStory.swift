import Records
import Simulation

/// What the demo tells a newcomer: what was hidden, what was found, and what to do with files of their own.
struct DemoStory {
  let failures: [PlantedFailure]
  let findings: [Finding]
  let stored: Int
  let folder: String
  /// Columns of the terminal.
  let width: Int

  /// Failures that their check did not name.
  var missed: [PlantedFailure] {
    failures.filter { failure in
      !findings.contains { $0.check == failure.check && $0.reasons.map(\.code).contains(where: failure.codes.contains) }
    }
  }

  var text: String { ([opening, hidden] + shown + [rest, closing]).filter { !$0.isEmpty }.joined(separator: "\n\n") }

  private var opening: String {
    wrapped(
      "An online shop has six AI features: an assistant with a new release, a help centre, a ticket sorter, reply drafts "
        + "from a fine-tuned model, a promise about made-up policies, and an invoice reader. A quarter of its life is "
        + "\(stored) records: traffic, evaluation results, people's labels, releases. As in life, scores are missing, "
        + "records come twice and days late.")
  }

  private var hidden: String {
    "Hidden in it, while every average looks fine:\n"
      + failures.map { wrapped("· \($0.sentence).", indent: 2, hanging: 2) }.joined(separator: "\n")
  }

  /// What needs somebody, the worst first.
  private var shown: [String] {
    let worst = findings.filter { $0.verdict == .fail } + findings.filter { $0.verdict == .unknown }
    return ["What `tally check` says:"] + worst.map(paragraph)
  }

  private func paragraph(_ finding: Finding) -> String {
    let word = finding.verdict == .fail ? "FAILS" : "UNKNOWN"
    let deciding = finding.reasons.filter { $0.verdict == finding.verdict }
    let said = deciding.filter { finding.headline.contains($0.text) }
    let unsaid = deciding.filter { !finding.headline.contains($0.text) }
    let codes = (unsaid.isEmpty ? said : []).prefix(1).map { " [\($0.code)]" }.joined()
    var lines = ["\(word)  \(finding.subject) (\(finding.check))", wrapped(finding.headline + codes, indent: 2)]
    for reason in unsaid.prefix(2) { lines.append(wrapped("- \(reason.text) [\(reason.code)]", indent: 2, hanging: 2)) }
    if unsaid.count > 2 { lines.append("  - … and \(unsaid.count - 2) more; `tally check` shows all.") }
    for missing in finding.missing.prefix(1) where finding.verdict == .unknown {
      lines.append(wrapped("Missing: \(missing.howMuch.map { "\($0) " } ?? "")\(missing.what).", indent: 2))
    }
    if !finding.next.isEmpty { lines.append(wrapped("Next: \(finding.next)", indent: 2)) }
    return lines.joined(separator: "\n")
  }

  /// The text in lines that fit the terminal.
  /// - Parameter hanging: how much further the lines after the first are moved in.
  private func wrapped(_ text: String, indent: Int = 0, hanging: Int = 0) -> String {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: indent + hanging)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n")
  }

  private var rest: String {
    let fine = findings.filter { $0.verdict == .pass || $0.verdict == .warn }
    guard !fine.isEmpty else { return "" }
    let names = fine.map { finding in
      let word = finding.verdict == .warn ? "warns " : "passes"
      return wrapped("\(word) \(finding.subject) (\(finding.check)): \(finding.headline)", indent: 2, hanging: 8)
    }
    return "What holds:\n" + names.joined(separator: "\n")
  }

  private var closing: String {
    var lines: [String] = []
    for failure in missed { lines.append("MISSED: \(failure.sentence) (\(failure.check)).") }
    lines.append(
      """
      \(wrapped("All of it lies in \(folder): look into it with `cd \(folder)`, then `tally check`, `tally explain slice-coverage`, `tally ledger verify`."))

      On your own files:
        tally compare before.csv after.csv  is it better? no set-up
        tally init                          writes a first tally.yaml for them
        tally ingest results/               keeps the results in a ledger
        tally check                         says what holds, fails, or is missing
      """)
    return lines.joined(separator: "\n")
  }
}
