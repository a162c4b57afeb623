internal import Records

/// Where an answer came from, as the fields of its span.
enum OriginText {
  /// Sources that are shown of one answer.
  private static let mostSources = 12

  static func fields(_ origin: AnswerOrigin) -> [(label: String, text: String)] {
    var fields: [(String, String)] = []
    func add(_ label: String, _ text: String?) { if let text { fields.append((label, text)) } }
    add("Prompt", part(origin.prompt))
    add("Config", part(origin.config))
    add("Index", origin.index.flatMap(part))
    add("Retrieved", retrieved(origin))
    for source in (origin.sources ?? []).prefix(mostSources) {
      let label = source.isInContext.map { $0 ? "In context" : "Not sent" } ?? "Perhaps"
      add(label, text(source, of: origin))
    }
    let more = (origin.sources?.count ?? 0) - mostSources
    if more > 0 { add("", "and \(more) more: `--format provenance`") }
    if let coverage = origin.coverage {
      let entailed = origin.claims.count { $0.support == .entailed }
      add(
        "Claims",
        "\(entailed) of \(origin.claims.count) are entailed by what was in the context "
          + "(\(NumberFormat.plain(coverage * 100, decimals: 0)) %)")
    }
    for claim in origin.claims where claim.support != .entailed || claim.isWrong { add("", text(claim)) }
    add("Replay", replay(origin))
    if !origin.lacking.isEmpty { add("Lacking", origin.lacking.joined(separator: ", ")) }
    if let diagnosis = origin.diagnosis {
      add("Diagnosis", "\(diagnosis.code): \(diagnosis.words); for \(diagnosis.owner) to mend")
    }
    return fields
  }

  private static func part(_ part: AnswerOrigin.Part) -> String? {
    guard let words = SpanText.joined([part.name, digest(part.sha256)]) else { return nil }
    return part.sha256 == nil || part.resolves ? words : words + " (no artifact holds it)"
  }

  private static func digest(_ sha256: String?) -> String? { sha256.map { "sha256 \($0.prefix(12))" } }

  private static func retrieved(_ origin: AnswerOrigin) -> String? {
    guard let sources = origin.sources else { return nil }
    if sources.isEmpty { return "nothing, as recorded" }
    let used = sources.count { $0.isInContext == true }
    let unsaid = sources.count { $0.isInContext == nil }
    let chunks = "\(sources.count) \(sources.count == 1 ? "chunk" : "chunks")"
    if unsaid == sources.count { return "\(chunks); nobody said which were in the context" }
    return "\(chunks), \(used) of them in the context" + (unsaid > 0 ? ", of \(unsaid) nobody said" : "")
  }

  private static func text(_ source: AnswerOrigin.Source, of origin: AnswerOrigin) -> String {
    let rank = source.rank.map { "\($0). " } ?? ""
    let name =
      SpanText.joined([source.chunkID, source.docID.map { "of \($0)" }, digest(source.docSHA256)]) ?? "(no name)"
    var words = [rank + name]
    if origin.isOutdated(source), let end = source.endsAt {
      words.append("out of date since \(String(end.description.prefix(10)))")
    }
    if let share = source.share { words.append("made \(NumberFormat.plain(share * 100, decimals: 1)) % of the answer") }
    return words.joined(separator: "; ")
  }

  private static func text(_ claim: AnswerOrigin.Claim) -> String {
    let support =
      switch claim.support {
      case .entailed: "is entailed by \(claim.chunks.joined(separator: ", "))"
      case .weak: "is supported in part, or by what was not in the context (\(claim.chunks.joined(separator: ", ")))"
      case .none: "nothing supports it"
      }
    return "\(claim.id): \(support)\(claim.isWrong ? ", and it is wrong" : "")"
  }

  private static func replay(_ origin: AnswerOrigin) -> String {
    let words =
      switch origin.replay {
      case .exact: "exact: all that it was made of is in the ledger"
      case .degraded: "degraded: not in the ledger are "
      case .impossible: "impossible: not in the ledger are "
      }
    return words + origin.unresolved.map(shortened).joined(separator: ", ")
  }

  /// A digest by its beginning.
  private static func shortened(_ text: String) -> String {
    text.split(separator: " ").map { $0.utf8.count == 64 ? String($0.prefix(12)) : String($0) }.joined(separator: " ")
  }
}
