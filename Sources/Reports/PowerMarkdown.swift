internal import Comparison

/// Writes a power plan as Markdown.
struct PowerMarkdown {
  let plan: PowerPlan

  var text: String {
    let scale = ScoreScale(plan: plan)
    let words = PowerWords(plan: plan, scale: scale)
    let facts = words.fields.map { "- \($0.label): \(MarkdownText.escaped($0.text))" }.joined(separator: "\n")
    let notes = plan.notes.map { "- \(MarkdownText.escaped($0))" }.joined(separator: "\n")
    let blocks = [
      "📏 **\(MarkdownText.escaped(words.sentence))**", MarkdownText.escaped(words.basis), facts,
      plan.ruler.isEmpty ? "" : ruler(scale), notes, "**Next:** " + MarkdownText.escaped(words.next),
    ]
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private func ruler(_ scale: ScoreScale) -> String {
    let rows = plan.ruler.map { mark in
      [
        NumberFormat.count(mark.items), PowerWords.seen(mark.detectableGain, scale),
        PowerWords.seen(mark.detectableLoss, scale),
      ]
    }
    return MarkdownText.table(
      header: [MarkdownText.escaped(plan.unit), "gain", "loss"], right: [true, true, true], rows: rows)
  }
}
