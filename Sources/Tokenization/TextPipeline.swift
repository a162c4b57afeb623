/// What happens to a text before pieces of it are encoded: tokens are found that were added to the vocabulary as text,
/// the rest is normalised and cut into pieces, step by step.
struct TextPipeline: Sendable {
  /// One step of pre-tokenising.
  enum Step: Sendable {
    /// Cuts every piece further.
    case split(SplitPattern)
    /// Puts a blank before every piece that does not begin with one.
    case leadingBlank
    /// Replaces blanks and puts the replacement before pieces.
    case metaspace(Metaspace)
  }

  /// Tokens that are found in the text as it is given.
  var rawTokens: AddedTokens?
  /// Tokens that are found in the normalised text.
  var normalizedTokens: AddedTokens?
  var normalizers: [Normalizer] = []
  var steps: [Step]

  /// Hands the pieces of a text of valid UTF-8 on, in order.
  @inline(__always)
  func run(_ bytes: UnsafeBufferPointer<UInt8>, into sink: inout some PieceSink & ~Copyable) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    let text = ScalarText(base: base, count: bytes.count, table: ScalarClassTable.reference.view)
    if let pattern = onlyPattern {
      pattern.split(text, into: &sink)
    } else {
      runSteps(text, into: &sink)
    }
  }

  /// The pattern, where nothing else happens to a text.
  var onlyPattern: SplitPattern? {
    guard rawTokens == nil, normalizedTokens == nil, normalizers.isEmpty, steps.count == 1,
      case .split(let pattern) = steps[0]
    else { return nil }
    return pattern
  }

  private func runSteps(_ text: ScalarText, into sink: inout some PieceSink & ~Copyable) {
    guard let rawTokens else {
      normalize(text, isFirst: true, into: &sink)
      return
    }
    rawTokens.forEachPart(of: text) { part, token in
      if let token {
        sink.take(token: token)
      } else {
        normalize(part, isFirst: part.base == text.base, into: &sink)
      }
    }
  }

  private func normalize(_ text: ScalarText, isFirst: Bool, into sink: inout some PieceSink & ~Copyable) {
    guard !normalizers.isEmpty else {
      findTokens(text, isFirst: isFirst, into: &sink)
      return
    }
    var bytes = Array(UnsafeBufferPointer(start: text.base, count: text.count))
    for normalizer in normalizers { normalizer.apply(to: &bytes) }
    withText(bytes, text.table) { findTokens($0, isFirst: isFirst, into: &sink) }
  }

  private func findTokens(_ text: ScalarText, isFirst: Bool, into sink: inout some PieceSink & ~Copyable) {
    guard let normalizedTokens else {
      cut(text, step: 0, isFirst: isFirst, into: &sink)
      return
    }
    normalizedTokens.forEachPart(of: text) { part, token in
      if let token {
        sink.take(token: token)
      } else {
        cut(part, step: 0, isFirst: isFirst && part.base == text.base, into: &sink)
      }
    }
  }

  private func cut(_ text: ScalarText, step: Int, isFirst: Bool, into sink: inout some PieceSink & ~Copyable) {
    guard step < steps.count else {
      sink.take(text.base, count: text.count, readable: text.count)
      return
    }
    switch steps[step] {
    case .split(let pattern) where step + 1 == steps.count:
      pattern.split(text, into: &sink)
    case .split(let pattern):
      var place = 0
      while place < text.count {
        let end = pattern.end(in: text, from: place)
        cut(text.part(place, end), step: step + 1, isFirst: isFirst && place == 0, into: &sink)
        place = end
      }
    case .leadingBlank:
      if text[0] == .blank {
        cut(text, step: step + 1, isFirst: isFirst, into: &sink)
      } else {
        let bytes = [.blank] + UnsafeBufferPointer(start: text.base, count: text.count)
        withText(bytes, text.table) { cut($0, step: step + 1, isFirst: isFirst, into: &sink) }
      }
    case .metaspace(let metaspace):
      let bytes = metaspace.applied(to: UnsafeBufferPointer(start: text.base, count: text.count), isFirst: isFirst)
      withText(bytes, text.table) { replaced in
        guard let pattern = metaspace.pattern else {
          cut(replaced, step: step + 1, isFirst: isFirst, into: &sink)
          return
        }
        var place = 0
        while place < replaced.count {
          let end = pattern.end(in: replaced, from: place)
          cut(replaced.part(place, end), step: step + 1, isFirst: isFirst && place == 0, into: &sink)
          place = end
        }
      }
    }
  }

  private func withText(_ bytes: [UInt8], _ table: ScalarClassTable.View, _ body: (ScalarText) -> Void) {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
      body(ScalarText(base: base, count: buffer.count, table: table))
    }
  }
}
